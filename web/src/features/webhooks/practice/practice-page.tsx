import { Button, NumberInput, Select, Textarea } from "@mantine/core";
import { IconCopy, IconWebhook } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { SAMPLE_VALUES } from "../../../../../src/dialplan/template-preview.ts";
import { judgeReply } from "../../../../../src/webhook/reply/judgement.ts";
import { UsedBy } from "../../../components/editor-parts.tsx";
import { Page, PageHead, Section, SidePanel } from "../../../components/page.tsx";
import { Refusal } from "../../../components/refusal.tsx";
import { Empty, ErrorState, Gone, PageSkeleton } from "../../../components/states.tsx";
import { StatusBadge } from "../../../components/status-badge.tsx";
import { useCopy } from "../../../components/use-copy.ts";
import { clockTime } from "../../../lib/format.ts";
import { same } from "../../../lib/merge.ts";
import { useWhyNot } from "../../../lib/use-why-not.ts";
import { Verdict } from "../verdict.tsx";
import style from "./practice.module.css";
import { type Receiver, type Reply, useForgetRequests, useReceiver } from "./practice.ts";
import { useReply } from "./use-reply.ts";

/** A receiver on this server, for who has none yet: what webhooks ask it, and what it answers. */
export function Component() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useReceiver(id);
  if (data !== undefined)
    return (
      <>
        <Gone error={error} />
        <PracticePage key={data.id} receiver={data} />
      </>
    );
  return error === null ? (
    <PageSkeleton />
  ) : (
    <Page>
      <ErrorState error={error} onRetry={() => void refetch()} />
    </Page>
  );
}

function PracticePage({ receiver }: { readonly receiver: Receiver }) {
  const { t } = useTranslation("webhooks");
  const { t: shell } = useTranslation();
  const copy = useCopy();
  const { address = "", usedBy, requests, asked } = receiver;
  const forgetting = useForgetRequests(receiver.id);
  return (
    <Page
      head={
        <PageHead
          title={t("practice.title")}
          crumb={{ to: "/webhooks", label: t("title") }}
          meta={
            <UsedBy uses={usedBy.map((one) => ({ ...one, kind: "webhook" }))} prefix={t("practice.usedBy")} />
          }
        />
      }
      side={<ReplyPanel receiver={receiver} />}
    >
      <p className={style["what"]}>{t("practice.what")}</p>
      <div className={style["address"]}>
        <code>{address === "" ? t("practice.noAddress") : address}</code>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconCopy size={14} aria-hidden="true" />}
          disabled={address === ""}
          onClick={() => copy(address)}
        >
          {shell("do.copy")}
        </Button>
      </div>
      <Section
        title={t("practice.requests", { count: asked })}
        actions={
          requests.length === 0 ? undefined : (
            <Button variant="default" size="xs" onClick={() => forgetting.mutate()}>
              {t("practice.forget")}
            </Button>
          )
        }
      >
        <Refusal error={forgetting.error} />
        {requests.length === 0 ? (
          <Empty sentence={t("practice.none")} hint={t("practice.noneHint")} />
        ) : (
          <ol className={style["requests"]} aria-live="polite">
            {requests.map((request) => (
              <Request key={request.nth} request={request} />
            ))}
          </ol>
        )}
      </Section>
    </Page>
  );
}

function Request({ request }: { readonly request: Receiver["requests"][number] }) {
  const { t } = useTranslation("webhooks");
  const { nth, at, parameters, isTest, status, reply } = request;
  return (
    <li className={style["request"]}>
      <div className={style["requestHead"]}>
        <IconWebhook size={16} stroke={1.6} aria-hidden="true" />
        <strong>{t("practice.nth", { nth })}</strong>
        <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
        {isTest ? (
          <StatusBadge tone="neutral" icon={null}>
            {t("practice.isTest")}
          </StatusBadge>
        ) : undefined}
      </div>
      <table>
        <tbody>
          {parameters.map(({ name, value, hidden }, place) => (
            // biome-ignore lint: a name may come twice
            <tr key={place}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>
                <bdi>{value === "" ? t("practice.empty") : value}</bdi>
                {hidden ? <small>{t("practice.hidden")}</small> : undefined}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={style["answered"]}>
        {t("practice.answered", { status })} <code>{reply === "" ? t("practice.empty") : reply}</code>
      </p>
    </li>
  );
}

/** Other replies, by what comes: a recipe made them. */
function Rules({ rules, onForget }: { readonly rules: Reply["when"]; readonly onForget: () => void }) {
  const { t } = useTranslation("webhooks");
  return (
    <div className={style["rules"]}>
      <ul aria-label={t("practice.rules")}>
        {rules.map(({ parameter, value, body }) => (
          <li key={`${parameter} ${value}`}>
            {t("practice.where", { parameter, value })} <code>{body}</code>
          </li>
        ))}
      </ul>
      <Button variant="default" size="xs" onClick={onForget}>
        {t("practice.forgetRules")}
      </Button>
    </div>
  );
}

const FORM = "application/x-www-form-urlencoded";
const HTML = "<!doctype html><title>Sign in</title><h1>Please sign in</h1>";
/** Replies to begin with; a receiver of one's own may do any of these. */
const READY = {
  name: { status: 200, contentType: FORM, body: "status=ACK&callername=Jansen+Co", afterMs: 0, when: [] },
  destination: { status: 200, contentType: FORM, body: "status=ACK&destination=215", afterMs: 0, when: [] },
  nak: { status: 200, contentType: FORM, body: "status=NAK", afterMs: 0, when: [] },
  slow: { status: 200, contentType: FORM, body: "status=ACK", afterMs: 6000, when: [] },
  fault: { status: 500, contentType: "text/plain", body: "Internal Server Error", afterMs: 0, when: [] },
  html: { status: 200, contentType: "text/plain", body: HTML, afterMs: 0, when: [] },
} as const satisfies Readonly<Record<string, Reply>>;
const TYPES = [FORM, "application/json", "text/plain"] as const;

/** What it answers: typed here, in force at once, and judged as a call will judge it. */
function ReplyPanel({ receiver }: { readonly receiver: Receiver }) {
  const { t } = useTranslation("webhooks");
  const whyNot = useWhyNot();
  const { reply, type, isSaved, error } = useReply(receiver);
  const judgement = judgeReply(
    { status: reply.status, body: new TextEncoder().encode(reply.body), contentEncoding: undefined },
    { callerIdForwarding: "caller", asksForCode: false },
    SAMPLE_VALUES,
  );
  return (
    <SidePanel label={t("practice.reply")} width="try">
      <h2>{t("practice.reply")}</h2>
      <ReadyReplies reply={reply} onChoose={type} />
      <div className={style["fields"]}>
        <ReplyFields reply={reply} onChange={(part) => type({ ...reply, ...part })} />
        <p className={style["state"]} role="status">
          {error === null
            ? isSaved
              ? t("practice.inForce")
              : t("practice.saving")
            : t("practice.notSaved", { why: whyNot(error) })}
        </p>
        <Verdict said={judgement.said} judgement={judgement} />
      </div>
    </SidePanel>
  );
}

/** Replies to begin with, the one that it has marked. */
function ReadyReplies({
  reply,
  onChoose,
}: {
  readonly reply: Reply;
  readonly onChoose: (reply: Reply) => void;
}) {
  const { t } = useTranslation("webhooks");
  return (
    <div className={style["ready"]}>
      {(Object.keys(READY) as (keyof typeof READY)[]).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={same(reply, READY[name])}
          onClick={() => onChoose(READY[name])}
        >
          {t(`practice.ready.${name}`)}
        </button>
      ))}
    </div>
  );
}

function ReplyFields({
  reply,
  onChange,
}: {
  readonly reply: Reply;
  readonly onChange: (part: Partial<Reply>) => void;
}) {
  const { t } = useTranslation("webhooks");
  return (
    <>
      <Textarea
        label={t("practice.body")}
        classNames={{ input: style["mono"] ?? "" }}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={8192}
        spellCheck={false}
        value={reply.body}
        onChange={(event) => onChange({ body: event.currentTarget.value })}
      />
      {reply.when.length === 0 ? undefined : (
        <Rules rules={reply.when} onForget={() => onChange({ when: [] })} />
      )}
      <div className={style["pair"]}>
        <NumberInput
          label={t("try.status")}
          min={200}
          max={599}
          allowDecimal={false}
          value={reply.status}
          onChange={(status) => {
            if (typeof status === "number" && status >= 200 && status <= 599) onChange({ status });
          }}
        />
        <NumberInput
          label={t("practice.after")}
          suffix=" s"
          min={0}
          max={15}
          decimalScale={1}
          value={reply.afterMs / 1000}
          onChange={(seconds) => {
            if (typeof seconds === "number") onChange({ afterMs: Math.round(seconds * 1000) });
          }}
        />
      </div>
      <Select
        label="Content-Type"
        allowDeselect={false}
        data={[...TYPES]}
        value={reply.contentType}
        onChange={(contentType) => onChange({ contentType: contentType ?? FORM })}
      />
    </>
  );
}
