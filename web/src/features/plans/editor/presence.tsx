import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useHappenings } from "../../../lib/live/live.ts";
import { useSession } from "../../../lib/session.ts";
import style from "./head.module.css";
import { usePlanView } from "./view.ts";

/** Who has saved nothing for so long does something else. */
const HERE_MS = 60_000;

/** Who else is editing this plan: initials, with the name in words. */
export function Presence() {
  const { t } = useTranslation("plans");
  const { id } = usePlanView();
  const me = useSession()?.name;
  const [others, setOthers] = useState<ReadonlyMap<string, number>>(new Map());
  useHappenings(
    useCallback(
      ({ topic, data }) => {
        const by = topic === "draft.changed" ? changedBy(data, id) : undefined;
        if (by === undefined || by === me) return;
        setOthers((before) => new Map(before).set(by, Date.now()));
      },
      [id, me],
    ),
  );
  useEffect(() => {
    const [first] = [...others.values()].toSorted((a, b) => a - b);
    if (first === undefined) return undefined;
    const timer = setTimeout(
      () => setOthers((before) => new Map([...before].filter(([, at]) => Date.now() - at < HERE_MS))),
      Math.max(0, first + HERE_MS - Date.now()) + 50,
    );
    return () => clearTimeout(timer);
  }, [others]);
  return (
    <output className={style.others} aria-live="polite">
      {[...others.keys()].map((name) => (
        <span key={name} className={style.other} title={t("head.editsToo", { name })}>
          <span aria-hidden="true">{initials(name)}</span>
          <span className="sr-only">{t("head.editsToo", { name })}</span>
        </span>
      ))}
    </output>
  );
}

function changedBy(data: unknown, id: string): string | undefined {
  const { id: plan, changedBy: by } = (data ?? {}) as { readonly id?: unknown; readonly changedBy?: unknown };
  return plan === id && typeof by === "string" && by !== "" ? by : undefined;
}

function initials(name: string): string {
  const [first = "", ...more] = name.split(/[\s._-]+/).filter((word) => word !== "");
  return [first, more.at(-1) ?? ""].map((word) => word.slice(0, 1).toUpperCase()).join("");
}
