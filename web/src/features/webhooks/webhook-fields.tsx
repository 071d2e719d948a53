import { Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { WebhookValues } from "../../../../src/dialplan/command.ts";
import { MessageSelect } from "../../components/message-select.tsx";
import { NumberField } from "../../components/number-field.tsx";
import type { Editor } from "../../lib/editor.ts";
import type { DocumentOf } from "../../lib/entities.ts";
import { PracticeLink } from "./practice/practice-link.tsx";
import { TemplateField } from "./template-field.tsx";
import { templateWarnings } from "./template-rules.ts";
import style from "./webhook-fields.module.css";

type Webhook = DocumentOf<"webhook">;
type Ivr = NonNullable<Webhook["ivr"]>;

const FIRST_IVR: Ivr = {
  timeoutSeconds: 10,
  attempts: 3,
  startMessage: "en/enter-code",
  incorrectMessage: "en/wrong-code",
};

interface Props {
  readonly editor: Editor<Webhook>;
  readonly values: WebhookValues;
  readonly readOnly: boolean;
}

/** The fields of a webhook; those of the code only where one is asked for. */
export function WebhookFields({ editor, values, readOnly }: Props) {
  const { t } = useTranslation("webhooks");
  const { document, change } = editor.draft;
  return (
    <div className={style["form"]}>
      <div className={style["pair"]}>
        <TextInput
          label={t("field.name")}
          description={t("field.nameHelp")}
          withAsterisk
          autoFocus={editor.isNew}
          readOnly={readOnly}
          maxLength={100}
          value={document.name}
          error={editor.errorAt("name")}
          onBlur={() => editor.touch("name")}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Select
          label={t("field.shown")}
          description={t("field.shownHelp")}
          disabled={readOnly}
          data={(["caller", "called", "suppressed"] as const).map((value) => ({
            value,
            label: t(`shown.${value}`),
          }))}
          value={document.callerIdForwarding}
          onChange={(value) => change({ callerIdForwarding: value ?? "caller" })}
        />
      </div>
      <Textarea
        label={t("field.description")}
        description={t("field.descriptionHelp")}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={1000}
        readOnly={readOnly}
        value={document.description}
        error={editor.errorAt("description")}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      <TemplateField
        value={document.urlTemplate}
        values={values}
        seconds={document.timeoutSeconds}
        error={editor.errorAt("urlTemplate")}
        warnings={templateWarnings(document).map(({ code, ...about }) => t(`warn.${code}`, about))}
        readOnly={readOnly}
        onChange={(urlTemplate) => change({ urlTemplate })}
        onBlur={() => editor.touch("urlTemplate")}
      />
      {readOnly ? undefined : <PracticeLink editor={editor} />}
      <section className={style["box"]}>
        <Switch
          label={t("field.ivr")}
          description={t("field.ivrHelp")}
          disabled={readOnly}
          checked={document.ivr !== undefined}
          onChange={(event) => change({ ivr: event.currentTarget.checked ? FIRST_IVR : undefined })}
        />
        {document.ivr === undefined ? undefined : (
          <IvrFields ivr={document.ivr} editor={editor} readOnly={readOnly} />
        )}
      </section>
      <MoreFields editor={editor} readOnly={readOnly} />
    </div>
  );
}

function IvrFields({
  ivr,
  editor,
  readOnly,
}: {
  readonly ivr: Ivr;
  readonly editor: Editor<Webhook>;
  readonly readOnly: boolean;
}) {
  const { t } = useTranslation("webhooks");
  const change = (part: Partial<Ivr>): void => editor.draft.change({ ivr: { ...ivr, ...part } });
  const message = (key: "startMessage" | "incorrectMessage" | "timeoutMessage") => ({
    value: ivr[key],
    error: editor.errorAt(`ivr.${key}`),
    disabled: readOnly,
    onChange: (name: string | undefined) => change({ [key]: name }),
  });
  return (
    <div className={style["form"]}>
      <div className={style["pair"]}>
        <NumberField
          label={t("field.timeout")}
          description={t("field.timeoutHelp")}
          suffix=" s"
          min={1}
          max={60}
          disabled={readOnly}
          value={ivr.timeoutSeconds}
          error={editor.errorAt("ivr.timeoutSeconds")}
          onBlur={() => editor.touch("ivr.timeoutSeconds")}
          onValue={(value) => change({ timeoutSeconds: value ?? ivr.timeoutSeconds })}
        />
        <NumberField
          label={t("field.attempts")}
          description={t("field.attemptsHelp")}
          min={1}
          max={10}
          disabled={readOnly}
          value={ivr.attempts}
          error={editor.errorAt("ivr.attempts")}
          onBlur={() => editor.touch("ivr.attempts")}
          onValue={(value) => change({ attempts: value ?? ivr.attempts })}
        />
      </div>
      <MessageSelect
        label={t("field.start")}
        description={t("field.startHelp")}
        none={t("field.noStart")}
        {...message("startMessage")}
      />
      <MessageSelect
        label={t("field.incorrect")}
        description={t("field.incorrectHelp")}
        none={t("field.noRepeat")}
        {...message("incorrectMessage")}
      />
      <MessageSelect
        label={t("field.timeoutMessage")}
        description={t("field.timeoutMessageHelp")}
        none={t("field.noRepeat")}
        {...message("timeoutMessage")}
      />
    </div>
  );
}

/** What hardly anybody needs. */
function MoreFields({ editor, readOnly }: Omit<Props, "values">) {
  const { t } = useTranslation("webhooks");
  const { document, change } = editor.draft;
  const { ivr } = document;
  return (
    <details className={style["more"]}>
      <summary>{t("field.more")}</summary>
      <div className={style["form"]}>
        <div className={style["pair"]}>
          <NumberField
            label={t("field.deadline")}
            description={t("field.deadlineHelp")}
            suffix=" s"
            min={1}
            max={15}
            disabled={readOnly}
            value={document.timeoutSeconds}
            error={editor.errorAt("timeoutSeconds")}
            onBlur={() => editor.touch("timeoutSeconds")}
            onValue={(value) => change({ timeoutSeconds: value ?? document.timeoutSeconds })}
          />
          {ivr === undefined ? undefined : (
            <NumberField
              label={t("field.codeLength")}
              description={t("field.codeLengthHelp")}
              placeholder={t("field.codeLengthAny")}
              min={1}
              max={32}
              disabled={readOnly}
              value={ivr.codeLength}
              error={editor.errorAt("ivr.codeLength")}
              onValue={(value) => change({ ivr: { ...ivr, codeLength: value } })}
            />
          )}
        </div>
        <Switch
          label={t("field.redirects")}
          description={t("field.redirectsHelp")}
          disabled={readOnly}
          checked={document.followRedirects}
          onChange={(event) => change({ followRedirects: event.currentTarget.checked })}
        />
        <Switch
          label={t("field.post")}
          description={t("field.postHelp")}
          disabled={readOnly}
          checked={document.method === "POST"}
          onChange={(event) => change({ method: event.currentTarget.checked ? "POST" : undefined })}
        />
        <Switch
          label={t("field.ignore")}
          description={t("field.ignoreHelp")}
          disabled={readOnly}
          checked={document.ignoreAnswer === true}
          onChange={(event) => change({ ignoreAnswer: event.currentTarget.checked ? true : undefined })}
        />
      </div>
    </details>
  );
}
