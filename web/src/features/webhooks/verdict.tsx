import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Said } from "../../../../src/lib/said.ts";
import type { ReplyJudgement } from "../../../../src/webhook/reply/judgement.ts";
import { Handset } from "../../components/handset.tsx";
import { useDutch } from "../../i18n/use-dutch.ts";
import { useWrittenNumber } from "../../lib/phone-number.ts";
import style from "./verdict.module.css";

const TONES = { success: "good", failed: "bad", askAgain: "warn" } as const;

/** What a call would do with the reply; without a judgement there was none, and `said` is why. */
export function Verdict({
  said,
  judgement,
}: {
  readonly said: Said;
  readonly judgement?: ReplyJudgement | undefined;
}) {
  const { t } = useTranslation("webhooks");
  const written = useWrittenNumber();
  const next = judgement?.next ?? "failed";
  const titles = { success: t("try.success"), failed: t("try.failed"), askAgain: t("try.again") };
  const valueOf = (part: "destination" | "callername"): string =>
    judgement?.parts.find((one) => one.part === part)?.value ?? t("try.none");
  const dutch = useDutch();
  const sentences = judgement === undefined ? [] : (dutch?.notesInDutch(judgement) ?? judgement.warnings);
  const shows = judgement?.shows;
  return (
    <div className={style["verdict"]}>
      <div className={style["branch"]} data-tone={TONES[next]}>
        <strong>{titles[next]}</strong>
        <p>{dutch?.inDutch(said.code, said.args) ?? said.text}</p>
      </div>
      {sentences.map((sentence) => (
        <div key={sentence} className={style["warning"]}>
          <IconAlertTriangle size={18} stroke={1.6} aria-hidden="true" />
          <p>
            <WithCode text={sentence} />
          </p>
        </div>
      ))}
      {judgement?.corrected === undefined || judgement.next === "success" ? undefined : (
        <code className={style["corrected"]}>{judgement.corrected}</code>
      )}
      {shows === undefined ? undefined : (
        <>
          <dl className={style["facts"]}>
            <div>
              <dt>{t("try.destination")}</dt>
              <dd>
                <bdi>{valueOf("destination")}</bdi>
              </dd>
            </div>
            <div>
              <dt>{t("try.name")}</dt>
              <dd>
                <bdi>{valueOf("callername")}</bdi>
              </dd>
            </div>
          </dl>
          <Handset
            label={t("try.phone")}
            name={shows.name === "" ? undefined : shows.name}
            number={shows.number === "" ? t("try.anonymous") : written(shows.number)}
          />
        </>
      )}
    </div>
  );
}

/** A sentence of the core: what stands between backticks is code. */
function WithCode({ text }: { readonly text: string }) {
  return text.split("`").map((part, at) => {
    // biome-ignore lint: pieces have no name but their place
    return at % 2 === 1 ? <code key={at}>{part}</code> : part;
  });
}
