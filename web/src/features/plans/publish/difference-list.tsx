import { IconArrowsMove, IconMinus, IconPencil, IconPlus } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Directory } from "../../../../../src/dialplan/directory.ts";
import type { FormField } from "../../../../../src/dialplan/form.ts";
import { valueText } from "../inspector/choice-text.ts";
import { fieldText } from "../inspector/step-form.tsx";
import { faceOf, formOf } from "../kinds/faces.ts";
import type { Difference } from "../tree/difference.ts";
import style from "./publish.module.css";

const ICONS = {
  added: IconPlus,
  removed: IconMinus,
  moved: IconArrowsMove,
  changed: IconPencil,
  renamed: IconPencil,
};

/** What differs between two versions, a line for each step. */
export function DifferenceList({
  differences,
  directory,
  onShow,
}: {
  readonly differences: readonly Difference[];
  readonly directory: Directory;
  readonly onShow?: ((number: string) => void) | undefined;
}) {
  const { t } = useTranslation("plans");
  if (differences.length === 0) return <p className={style.none}>{t("difference.none")}</p>;
  return (
    <ul className={style.differences}>
      {differences.map((one) => {
        const Glyph = ICONS[one.type];
        const number = one.type === "renamed" || one.type === "removed" ? undefined : one.number;
        return (
          <li key={keyOf(one)} data-type={one.type}>
            <span className={style.mark} aria-hidden="true">
              <Glyph size={14} stroke={2} />
            </span>
            <div>
              {number === undefined || onShow === undefined ? (
                <strong>{headline(t, one, directory)}</strong>
              ) : (
                <button type="button" onClick={() => onShow(number)}>
                  {headline(t, one, directory)}
                </button>
              )}
              {one.type !== "changed"
                ? undefined
                : one.keys.map(({ key, before, after }) => (
                    <p key={key}>
                      {t("difference.key", {
                        key: labelOf(t, String(one.step.type), key),
                        before: shown(t, String(one.step.type), key, before),
                        after: shown(t, String(one.step.type), key, after),
                      })}
                    </p>
                  ))}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function keyOf(one: Difference): string {
  return one.type === "renamed" ? one.type : `${one.type}${one.number}`;
}

function headline(t: TFunction<"plans">, one: Difference, directory: Directory): string {
  if (one.type === "renamed") return t("difference.renamed", { before: one.before, after: one.after });
  const title = faceOf(one.step.type).title(one.step, { t, directory });
  const more = one.type === "added" || one.type === "removed" ? one.count - 1 : 0;
  const below = more === 0 ? "" : ` ${t("difference.below", { count: more })}`;
  if (one.type === "moved") return t("difference.moved", { from: one.from, to: one.number, title });
  return t(`difference.${one.type}`, { number: one.number, title }) + below;
}

/** What a key of a step is called. */
export function labelOf(t: TFunction<"plans">, type: string, key: string): string {
  const field = fieldOf(type, key) ?? { key, label: key, help: "" };
  return fieldText(t, type, field).label;
}

/** A value of a step's key, for a person. */
export function shown(t: TFunction<"plans">, type: string, key: string, value: unknown): string {
  return valueText(t, fieldOf(type, key), value);
}

function fieldOf(type: string, key: string): FormField | undefined {
  return formOf(type)?.fields.find((one) => one.key === key);
}
