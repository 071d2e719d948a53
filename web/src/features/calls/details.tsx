import { ActionIcon, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconCopy, IconX } from "@tabler/icons-react";
import { type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { SipTrace, StoryEvent } from "../../../../src/model/call-record.ts";
import { SidePanel } from "../../components/page.tsx";
import { useCopy } from "../../components/use-copy.ts";
import { useDutch } from "../../i18n/use-dutch.ts";
import { duration, secondsIn } from "../../lib/format.ts";
import { useShortcuts } from "../../lib/shortcuts.ts";
import style from "./details.module.css";
import type { Of, Opened, Row } from "./row.ts";
import { useSaying } from "./sayings.ts";

/** What stands behind a row: the message itself, or the request and the reply. */
export function Details({
  row,
  onClose,
  onStep,
}: {
  readonly row: Row;
  readonly onClose: () => void;
  readonly onStep: (by: 1 | -1) => void;
}) {
  const { t } = useTranslation("calls");
  const saying = useSaying();
  const panel = useRef<HTMLElement>(null);
  const close = (): void => {
    // What has the focus goes with the panel: its row has it then.
    if (hasFocus(panel)) document.querySelector<HTMLElement>(`button[data-entry="${row.seq}"]`)?.focus();
    onClose();
  };
  useShortcuts({ Escape: close });
  return (
    <SidePanel ref={panel} label={t("detail.title")} width="details">
      <GoneTo key={row.seq} panel={panel} />
      <div className={style["head"]}>
        <div>
          <p className={style["time"]}>{secondsIn(row.atMs)} s</p>
          <h2>{saying(row.said)}</h2>
        </div>
        <div className={style["buttons"]}>
          <ActionIcon variant="subtle" aria-label={t("detail.previous")} onClick={() => onStep(-1)}>
            <IconChevronUp size={18} />
          </ActionIcon>
          <ActionIcon variant="subtle" aria-label={t("detail.next")} onClick={() => onStep(1)}>
            <IconChevronDown size={18} />
          </ActionIcon>
          <ActionIcon variant="subtle" aria-label={t("detail.close")} onClick={close}>
            <IconX size={18} />
          </ActionIcon>
        </div>
      </div>
      {row.times > 1 ? <p className={style["note"]}>{t("detail.times", { count: row.times })}</p> : undefined}
      <Behind opens={row.opens} />
    </SidePanel>
  );
}

/** As page.module.css has it: from there on the panel stands below all rows. */
const BELOW = "(max-width: 64em)";

/** For each row that is opened: where the panel stands below them all, it is gone to, as nobody would see it come. */
function GoneTo({ panel }: { readonly panel: RefObject<HTMLElement | null> }) {
  useEffect(() => {
    // Who goes on to the next row within the panel is there.
    if (!matchMedia(BELOW).matches || hasFocus(panel)) return;
    panel.current?.focus({ preventScroll: true });
    panel.current?.scrollIntoView();
  }, [panel]);
  return undefined;
}

function hasFocus({ current }: RefObject<HTMLElement | null>): boolean {
  return current?.contains(document.activeElement) === true;
}

function Behind({ opens }: { readonly opens: Opened }) {
  if (opens.type === "messages") return opens.messages.map((sip) => <SipMessage key={sip.seq} sip={sip} />);
  if (opens.type === "event") return <Event event={opens.event} />;
  return <WebhookExchange opened={opens} />;
}

function SipMessage({ sip }: { readonly sip: SipTrace }) {
  const { t } = useTranslation("calls");
  return (
    <section>
      <div className={style["part"]}>
        <h3>{t(`detail.${sip.direction}`, { peer: sip.peer })}</h3>
        <Copy text={sip.text} />
      </div>
      <pre className={style["raw"]}>{sip.text.trimEnd()}</pre>
    </section>
  );
}

function Event({ event }: { readonly event: StoryEvent }) {
  const { t } = useTranslation("calls");
  const saying = useSaying();
  return (
    <>
      <p className={style["sentence"]}>{saying({ event })}</p>
      {event.type === "step" && event.entry.step !== "" ? (
        <p className={style["note"]}>{t("detail.step", { step: event.entry.step })}</p>
      ) : undefined}
      {event.type === "replied" ? <Reply reply={event} /> : undefined}
    </>
  );
}

const PARTS = [
  ["dns", "dnsMs"],
  ["connect", "connectMs"],
  ["tls", "tlsMs"],
  ["firstByte", "firstByteMs"],
  ["body", "bodyMs"],
] as const;

/** What should be written otherwise in a reply, and how it began. */
function Reply({ reply }: { readonly reply: Pick<Of<"replied">, "warnings" | "notes" | "excerpt"> }) {
  const dutch = useDutch();
  const warnings = dutch?.notesInDutch(reply) ?? reply.warnings;
  return (
    <>
      {warnings.map((warning) => (
        <p key={warning} className={style["warning"]}>
          {warning}
        </p>
      ))}
      {reply.excerpt === "" ? undefined : <pre className={style["raw"]}>{reply.excerpt}</pre>}
    </>
  );
}

function WebhookExchange({ opened }: { readonly opened: Extract<Opened, { readonly type: "webhook" }> }) {
  const { t } = useTranslation("calls");
  const saying = useSaying();
  const { asked, reply, account } = opened;
  return (
    <>
      <section>
        <div className={style["part"]}>
          <h3>{t("detail.request")}</h3>
          <Copy text={asked.url} />
        </div>
        <pre className={style["raw"]}>
          {asked.method ?? "GET"} {asked.url}
        </pre>
      </section>
      <section>
        <h3>{t("detail.reply")}</h3>
        {reply === undefined ? (
          <p className={style["note"]}>{t("detail.noReply")}</p>
        ) : (
          <>
            <dl className={style["facts"]}>
              <dt>{t("detail.status")}</dt>
              <dd>{reply.status ?? "–"}</dd>
              <dt>{t("detail.verdict")}</dt>
              <dd>{reply.verdict.toUpperCase()}</dd>
              <dt>{t("detail.took")}</dt>
              <dd>{duration(reply.elapsedMs)}</dd>
              {PARTS.flatMap(([part, key]) => {
                const ms = reply.timings?.[key];
                if (ms === undefined) return [];
                return [
                  <dt key={`${part} name`}>{t(`detail.${part}`)}</dt>,
                  <dd key={part}>{duration(ms)}</dd>,
                ];
              })}
            </dl>
            <p className={style["sentence"]}>
              {account === undefined ? reply.reason : saying({ said: account })}
            </p>
            <Reply reply={reply} />
          </>
        )}
      </section>
    </>
  );
}

function Copy({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  const copy = useCopy();
  return (
    <Tooltip label={t("do.copy")}>
      <ActionIcon variant="subtle" aria-label={t("do.copy")} onClick={() => copy(text)}>
        <IconCopy size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
