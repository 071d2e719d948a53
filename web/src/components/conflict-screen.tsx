import { Button, Radio } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conflict } from "../lib/editor.ts";
import { ago } from "../lib/format.ts";
import { withValue } from "../lib/merge.ts";
import style from "./conflict-screen.module.css";

/** Two people changed the same field: before, theirs and yours side by side, chosen for each. */
export function ConflictScreen<Document>({
  conflict,
  onUse,
  onTheirs,
  label,
}: {
  readonly conflict: Conflict<Document>;
  /** Saves this document in place of theirs. */
  readonly onUse: (document: Document) => void;
  readonly onTheirs: () => void;
  /** What a path is called. */
  readonly label: (path: string) => string;
}) {
  const { t } = useTranslation();
  const { clashes, merged } = conflict;
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const chosen = clashes
    .filter(({ path }) => theirs.has(path))
    .reduce((document, clash) => withValue(document, clash.path, clash.theirs), merged);
  const choose = (path: string, takes: boolean): void =>
    setTheirs((was) => {
      const next = new Set(was);
      if (takes) next.add(path);
      else next.delete(path);
      return next;
    });
  const shown = (value: unknown): string =>
    value === undefined || value === ""
      ? t("conflict.empty")
      : typeof value === "string"
        ? value
        : JSON.stringify(value);
  return (
    <ConflictBox
      by={conflict}
      isMerged
      clashes={
        <table>
          <thead>
            <tr>
              <th scope="col">{t("conflict.field")}</th>
              <th scope="col">{t("conflict.before")}</th>
              <th scope="col">{t("conflict.theirs")}</th>
              <th scope="col">{t("conflict.yours")}</th>
            </tr>
          </thead>
          <tbody>
            {clashes.map(({ path, before, theirs: other, yours }) => (
              <tr key={path}>
                <th scope="row">{label(path)}</th>
                <td>{shown(before)}</td>
                <td>
                  <Radio
                    name={path}
                    label={shown(other)}
                    checked={theirs.has(path)}
                    onChange={() => choose(path, true)}
                  />
                </td>
                <td>
                  <Radio
                    name={path}
                    label={shown(yours)}
                    checked={!theirs.has(path)}
                    onChange={() => choose(path, false)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      }
    >
      <Button variant="default" onClick={() => onUse(merged)}>
        {t("conflict.useMine")}
      </Button>
      <Button variant="default" onClick={onTheirs}>
        {t("conflict.useTheirs")}
      </Button>
      <Button onClick={() => onUse(chosen)}>{t("conflict.merge")}</Button>
    </ConflictBox>
  );
}

/** Who saved meanwhile, and what can be done about it: the children are buttons. */
export function ConflictBox({
  by: { changedBy, changedAt },
  isMerged = false,
  clashes,
  children,
}: {
  readonly by: Pick<Conflict<unknown>, "changedBy" | "changedAt">;
  /** What does not clash has been put together. */
  readonly isMerged?: boolean;
  readonly clashes?: ReactNode;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <section className={style["conflict"]} aria-labelledby="conflict-title" role="alert">
      <h2 id="conflict-title">{t("conflict.title")}</h2>
      <p>
        {t("conflict.what", { who: changedBy, when: ago(changedAt) })} {isMerged ? t("conflict.merged") : ""}
      </p>
      {clashes === undefined ? undefined : <div className={style["scroll"]}>{clashes}</div>}
      <div className={style["actions"]}>{children}</div>
    </section>
  );
}
