import { Button, Textarea, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { WebhookValues } from "../../../../src/dialplan/command.ts";
import { parseTemplate } from "../../../../src/dialplan/template.ts";
import { judgeReply, type ReplyJudgement } from "../../../../src/webhook/reply/judgement.ts";
import { pastedReply } from "../../../../src/webhook/reply/pasted.ts";
import { SidePanel } from "../../components/page.tsx";
import { ProblemList } from "../../components/problem-list.tsx";
import { Segmented } from "../../components/segmented.tsx";
import { request } from "../../lib/api.ts";
import { ApiError } from "../../lib/api-error.ts";
import type { DocumentOf } from "../../lib/entities.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import { PastCallSelect } from "./past-call.tsx";
import { TimingsBar, type Trial } from "./timings-bar.tsx";
import style from "./try-panel.module.css";
import { Verdict } from "./verdict.tsx";

type Webhook = DocumentOf<"webhook">;
type Mode = "ask" | "paste";

/** Tries the webhook as it stands in the form, saved or not: a real request, or a reply that one types. */
export function TryPanel({
  id,
  document,
  values,
  onValues,
}: {
  readonly id: string | undefined;
  readonly document: Webhook;
  readonly values: WebhookValues;
  readonly onValues: (values: WebhookValues) => void;
}) {
  const { t } = useTranslation("webhooks");
  const [mode, setMode] = useState<Mode>("ask");
  const [text, setText] = useState<string>();
  const asking = useMutation({
    mutationFn: () =>
      request<Trial>("POST", "/webhooks/try", {
        body: { document, ...(id === undefined ? {} : { id }), values },
      }),
    onSuccess: ({ reply }) => setText(reply?.body),
  });
  const trial = asking.data;
  const canAsk = parseTemplate(document.urlTemplate).ok;
  const isAsked = mode === "ask" && trial !== undefined;
  // What was answered is judged by the server; what is typed over it, here.
  const isTyped = mode === "paste" || (trial?.reply !== undefined && text !== trial.reply.body);
  const judgement = isTyped ? judge(text ?? t("try.sample"), document, values) : trial?.judgement;
  const field = (key: "callerid" | "callername" | "did" | "code") => (
    <TextInput
      label={key}
      value={values[key]}
      inputMode={key === "callername" ? "text" : "tel"}
      onChange={(event) => onValues({ ...values, [key]: event.currentTarget.value })}
    />
  );
  return (
    <SidePanel label={t("try.title")} width="try">
      <div className={style["head"]}>
        <h2>{t("try.title")}</h2>
        <Segmented<Mode>
          label={t("try.title")}
          choices={[
            { value: "ask", label: t("try.ask") },
            { value: "paste", label: t("try.paste") },
          ]}
          value={mode}
          onChange={setMode}
        />
      </div>
      <div className={style["values"]}>
        {field("callerid")}
        {field("callername")}
        {field("did")}
        {document.ivr === undefined ? undefined : field("code")}
        <PastCallSelect
          onChoose={({ id: callid, caller: callerid, callerName: callername, called: did }) =>
            onValues({ ...values, callid, callerid, callername, did })
          }
        />
      </div>
      {mode === "ask" ? (
        <>
          <Button
            fullWidth
            leftSection={<IconSend size={16} aria-hidden="true" />}
            loading={asking.isPending}
            disabled={!canAsk}
            onClick={() => asking.mutate()}
          >
            {t("try.send")}
          </Button>
          <p className={style["hint"]}>{canAsk ? t("try.hint") : t("try.noTry")}</p>
          {asking.error === null ? undefined : <Refusal error={asking.error} />}
        </>
      ) : undefined}
      <div aria-live="polite" className={style["results"]}>
        {isAsked ? <TimingsBar trial={trial} /> : undefined}
        {mode === "paste" || trial?.reply !== undefined ? (
          <Textarea
            label={t("try.reply")}
            description={mode === "paste" ? t("try.replyHelp") : undefined}
            classNames={{ input: style["mono"] ?? "" }}
            autosize
            minRows={2}
            maxRows={10}
            spellCheck={false}
            value={text ?? t("try.sample")}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        ) : undefined}
        {judgement === undefined ? (
          isAsked ? (
            <Verdict said={trial.said} />
          ) : undefined
        ) : (
          <Verdict said={judgement.said} judgement={judgement} />
        )}
      </div>
    </SidePanel>
  );
}

function Refusal({ error }: { readonly error: Error }) {
  const whyNot = useWhyNot();
  const problems = error instanceof ApiError ? error.problems : [];
  return (
    <ProblemList
      problems={problems.length > 0 ? problems : [{ pointer: "", code: "refused", message: whyNot(error) }]}
    />
  );
}

function judge(text: string, document: Webhook, values: WebhookValues): ReplyJudgement {
  const asked = {
    callerIdForwarding: document.callerIdForwarding,
    asksForCode: document.ivr !== undefined,
    ignoresAnswer: document.ignoreAnswer,
  };
  return judgeReply(pastedReply(text), asked, values);
}
