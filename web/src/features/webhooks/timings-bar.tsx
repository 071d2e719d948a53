import { useTranslation } from "react-i18next";
import type { Said } from "../../../../src/lib/said.ts";
import type { ReplyJudgement } from "../../../../src/webhook/reply/judgement.ts";
import { duration } from "../../lib/format.ts";
import style from "./timings-bar.module.css";

/** What came of a real request. */
export interface Trial {
  readonly request?: { readonly method: string; readonly url: string } | undefined;
  readonly reply?: { readonly status: number; readonly body: string } | undefined;
  readonly timings: Readonly<Record<string, number | undefined>>;
  readonly judgement?: ReplyJudgement | undefined;
  readonly said: Said;
}

const PARTS = [
  { label: "dns", key: "dns" },
  { label: "connect", key: "connect" },
  { label: "tls", key: "tls" },
  { label: "wait", key: "firstByte" },
  { label: "body", key: "body" },
] as const;

/** How long each part of the request took, to scale. */
export function TimingsBar({ trial }: { readonly trial: Trial }) {
  const { t } = useTranslation("webhooks");
  const parts = PARTS.flatMap(({ label, key }) => {
    const ms = trial.timings[key];
    return ms === undefined ? [] : [{ label, ms }];
  });
  const total = trial.timings["total"] ?? parts.reduce((sum, { ms }) => sum + ms, 0);
  const { method = "GET" } = trial.request ?? {};
  return (
    <div className={style["card"]}>
      <strong>
        {[method, trial.reply?.status, duration(total)].filter((one) => one !== undefined).join(" · ")}
      </strong>
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" className={style["bar"]}>
        {parts.map(({ label, ms }, at) => {
          const before = parts.slice(0, at).reduce((sum, one) => sum + one.ms, 0);
          const scale =
            100 /
            Math.max(
              1e-6,
              parts.reduce((sum, one) => sum + one.ms, 0),
            );
          return <rect key={label} data-part={label} x={before * scale} width={ms * scale} height="1" />;
        })}
      </svg>
      <ul>
        {parts.map(({ label, ms }) => (
          <li key={label} data-part={label}>
            {t(`try.timing.${label}`)} {duration(ms)}
          </li>
        ))}
      </ul>
    </div>
  );
}
