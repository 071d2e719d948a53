import { Button, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { KeptInFile } from "../../../components/kept-in-file.tsx";
import { dayTime } from "../../../lib/format.ts";
import { writtenNumber } from "../../../lib/phone-number.ts";
import { useMaySave } from "../../../lib/session.ts";
import { usePlanView } from "../editor/view.ts";
import type { Autosave } from "../state/autosave.ts";
import { useReplay } from "../state/requests.ts";
import { usePiece } from "../state/store.ts";
import type { Difference } from "../tree/difference.ts";
import { DifferenceList } from "./difference-list.tsx";
import type { Newer } from "./newer.ts";
import style from "./publish.module.css";
import { usePublishing } from "./use-publishing.ts";

const MOST_CALLS = 8;

/** What will be another one for calls, and a note for who looks at the history. */
export default function PublishDialog({
  autosave,
  changes,
  onClose,
}: {
  readonly autosave: Autosave;
  readonly changes: readonly Difference[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("plans");
  const { t: shell } = useTranslation();
  const { editor, directory } = usePlanView();
  const [note, setNote] = useState("");
  const may = useMaySave("plan");
  const { isSending, failed, newer, publish, takeIn, throwAway } = usePublishing(autosave, onClose);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("publish.title")}
      size="lg"
      closeButtonProps={{ "aria-label": shell("do.close") }}
    >
      <div className={style.dialog}>
        <KeptInFile />
        {newer === undefined ? <p>{t("publish.what")}</p> : <NewerVersion newer={newer} />}
        <section>
          <h3>
            {newer === undefined
              ? t("publish.changes")
              : t("publish.changesFrom", { version: newer.version })}
          </h3>
          <DifferenceList
            differences={changes}
            directory={directory}
            onShow={(number) => {
              onClose();
              editor.show(number);
            }}
          />
        </section>
        <PastCalls autosave={autosave} />
        <Textarea
          label={t("publish.note")}
          description={t("publish.noteHelp")}
          maxLength={500}
          rows={2}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
          data-autofocus
        />
        {failed === undefined ? undefined : (
          <p className={style.failed} role="alert">
            {failed}
          </p>
        )}
        <div className={style.buttons}>
          <Button variant="default" onClick={onClose}>
            {t("publish.cancel")}
          </Button>
          {newer === undefined ? (
            <Button disabled={!may} loading={isSending} onClick={() => void publish(note)}>
              {t("head.publish")}
            </Button>
          ) : (
            <>
              <Button variant="default" disabled={isSending} onClick={() => void throwAway()}>
                {t("publish.throwAway")}
              </Button>
              <Button variant="default" disabled={isSending || !may} onClick={() => void publish(note)}>
                {t("publish.overwrite")}
              </Button>
              <Button loading={isSending} onClick={() => void takeIn()}>
                {t("publish.takeIn", { version: newer.version })}
              </Button>
            </>
          )}
        </div>
      </div>
    </Modal>
  );
}

/** Something else was published since the draft was made: what it would take back is for a person to judge. */
function NewerVersion({ newer: { version, by, at } }: { readonly newer: Newer }) {
  const { t } = useTranslation("plans");
  const who = by ?? t("clash.somebody");
  return (
    <p className={style.failed} role="alert">
      {t("publish.newer", { version, by: who, at: at === undefined ? "" : dayTime(at) })}
    </p>
  );
}

/** How many of the last calls would take other steps: each can be looked at. */
function PastCalls({ autosave }: { readonly autosave: Autosave }) {
  const { t } = useTranslation("plans");
  const { id } = usePlanView();
  const isSaved = usePiece(autosave.state, ({ kind }) => kind === "saved");
  const replay = useReplay(id, autosave.base().revision, isSaved);
  if (replay.data === undefined) return undefined;
  const { calls, elsewhere } = replay.data;
  if (calls === 0) return <p className={style.none}>{t("publish.noCalls")}</p>;
  return (
    <section>
      <h3>{t("publish.elsewhere", { calls, count: elsewhere.length })}</h3>
      <ul className={style.calls}>
        {elsewhere.slice(0, MOST_CALLS).map((call) => (
          <li key={call.id}>
            <Link to={`/calls/${call.id}`}>
              {writtenNumber(call.caller) || t("simulate.anonymous")} → {writtenNumber(call.called)}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
