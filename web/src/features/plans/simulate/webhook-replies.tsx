import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSaid } from "../../../i18n/use-said.ts";
import { usePlanView } from "../editor/view.ts";
import { askWebhook } from "../state/requests.ts";
import { STANDARD_REPLY } from "./run.ts";
import style from "./simulate.module.css";
import type { Trying } from "./trying.ts";

/** What the webhooks of the plan answer: typed, or as they really answer when the server asks them. */
export function WebhookReplies({ trying }: { readonly trying: Trying }) {
  const { t } = useTranslation("plans");
  const { canEdit } = usePlanView();
  if (trying.webhooks.length === 0) return undefined;
  return (
    <section className={style.replies}>
      <h3>{t("simulate.webhooks")}</h3>
      {trying.webhooks.map((webhook) => (
        <Reply key={webhook} webhook={webhook} trying={trying} canAsk={canEdit} />
      ))}
    </section>
  );
}

function Reply({
  webhook,
  trying,
  canAsk,
}: {
  readonly webhook: string;
  readonly trying: Trying;
  readonly canAsk: boolean;
}) {
  const { t } = useTranslation("plans");
  const { things } = usePlanView();
  const [isAsking, setAsking] = useState(false);
  const [failed, setFailed] = useState<string>();
  const say = useSaid();
  const { call } = trying;
  const { text, failure } = trying.reply(webhook);
  const entity = things.webhooks.find(({ key }) => key === webhook);
  const ask = async (): Promise<void> => {
    if (entity === undefined) return;
    setAsking(true);
    setFailed(undefined);
    try {
      const answer = await askWebhook(entity, {
        did: call.did,
        callerid: call.caller,
        callername: call.callerName,
        code: call.digits[0] ?? "",
        callid: "simulated",
      });
      if (answer.ok) trying.setReply(webhook, answer.reply);
      // A call would have had none either.
      else
        trying.setReply(webhook, { text, status: 0, elapsedMs: answer.elapsedMs, failure: answer.failure });
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    } finally {
      setAsking(false);
    }
  };
  return (
    <TextInput
      label={webhook}
      classNames={{ input: style.mono ?? "", section: style.ask ?? "" }}
      rightSectionWidth={entity === undefined || !canAsk ? 0 : 96}
      rightSectionPointerEvents="all"
      error={failed ?? (failure && say(failure))}
      maxLength={8000}
      spellCheck={false}
      value={text}
      onChange={({ currentTarget }) => {
        setFailed(undefined);
        trying.setReply(webhook, { ...STANDARD_REPLY, text: currentTarget.value });
      }}
      rightSection={
        entity === undefined || !canAsk ? undefined : (
          <button type="button" disabled={isAsking} onClick={() => void ask()}>
            {isAsking ? t("simulate.asking") : t("simulate.ask")}
          </button>
        )
      }
    />
  );
}
