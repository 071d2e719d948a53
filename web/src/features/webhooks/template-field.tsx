import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { Fragment, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { WebhookValues } from "../../../../src/dialplan/command.ts";
import { PLACEHOLDERS } from "../../../../src/dialplan/template-pieces.ts";
import { previewTemplate } from "../../../../src/dialplan/template-preview.ts";
import { Field } from "../../components/field.tsx";
import style from "./template-field.module.css";
import { templateSpans, urlPieces } from "./template-parts.ts";

/** The URL template: chips to put a placeholder in, colours while one types, and what the receiver will be asked. */
export function TemplateField({
  value,
  values,
  onChange,
  onBlur,
  error,
  seconds,
  warnings,
  readOnly,
}: {
  readonly value: string;
  /** What is filled in to show it. */
  readonly values: WebhookValues;
  readonly onChange: (text: string) => void;
  readonly onBlur: () => void;
  readonly error: string | undefined;
  readonly seconds: number;
  readonly warnings: readonly string[];
  readonly readOnly: boolean;
}) {
  const { t } = useTranslation("webhooks");
  const field = useRef<HTMLTextAreaElement>(null);
  const preview = previewTemplate(value, values);
  // A placeholder that there is not is said at once; what is only unfinished waits until the field is left.
  const unknown = preview.ok
    ? undefined
    : preview.problems.find(({ from, to }) => to > from && value.startsWith("{", from));
  const said = unknown?.text ?? error;

  const put = (name: string): void => {
    const input = field.current;
    const from = input?.selectionStart ?? value.length;
    const to = input?.selectionEnd ?? value.length;
    const word = `{${name}}`;
    onChange(value.slice(0, from) + word + value.slice(to));
    requestAnimationFrame(() => {
      input?.focus();
      input?.setSelectionRange(from + word.length, from + word.length);
    });
  };

  return (
    <Field
      label={t("field.url")}
      help={t("field.urlHelp", { seconds })}
      required
      error={
        said === undefined ? undefined : (
          <span className={style["fault"]}>
            <IconAlertTriangle size={16} aria-hidden="true" />
            {said}
          </span>
        )
      }
    >
      {(tie) => (
        <>
          <div className={style["chips"]}>
            {PLACEHOLDERS.map((name) => (
              <button
                key={name}
                type="button"
                disabled={readOnly}
                onClick={() => put(name)}
                title={t("chip.put", { name: `{${name}}` })}
              >
                <code>{`{${name}}`}</code> {t(`chip.${name}`)}
              </button>
            ))}
          </div>
          <div className={style["field"]} data-error={said === undefined ? undefined : ""}>
            <div className={style["colours"]} aria-hidden="true">
              {templateSpans(value).map(({ text, kind }, at) => (
                // biome-ignore lint: pieces have no name but their place
                <span key={at} data-kind={kind}>
                  {text}
                </span>
              ))}{" "}
            </div>
            <textarea
              {...tie}
              ref={field}
              spellCheck={false}
              autoCapitalize="off"
              autoComplete="off"
              maxLength={2000}
              readOnly={readOnly}
              placeholder="https://crm.example/route?did={did}&callerid={callerid}"
              value={value}
              onBlur={onBlur}
              onChange={(event) => onChange(event.currentTarget.value.replaceAll(/[\r\n]/g, ""))}
            />
          </div>
          {preview.ok ? (
            <div className={style["sample"]}>
              <span>{t("sample")}</span>
              <code>
                {urlPieces(preview.url).map((piece, at) => (
                  // biome-ignore lint: pieces have no name but their place
                  <Fragment key={at}>
                    {at === 0 ? undefined : <wbr />}
                    {piece}
                  </Fragment>
                ))}
              </code>
            </div>
          ) : undefined}
          {preview.ok
            ? warnings.map((sentence) => (
                <p key={sentence} className={style["warning"]}>
                  <IconInfoCircle size={16} aria-hidden="true" />
                  {sentence}
                </p>
              ))
            : undefined}
        </>
      )}
    </Field>
  );
}
