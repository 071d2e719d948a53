import { Button, Modal, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useToast } from "../../../components/toast.tsx";
import { writtenNumber } from "../../../lib/phone-number.ts";
import { usePlanView } from "../editor/view.ts";
import type { Autosave } from "../state/autosave.ts";
import { publishDraft, useReplay } from "../state/requests.ts";
import { usePiece } from "../state/store.ts";
import type { Difference } from "../tree/difference.ts";
import { DifferenceList } from "./difference-list.tsx";
import style from "./publish.module.css";

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
  const { id, editor, directory } = usePlanView();
  const client = useQueryClient();
  const toast = useToast();
  const [note, setNote] = useState("");
  const [isSending, setSending] = useState(false);
  const [failed, setFailed] = useState<string>();
  const publish = async (): Promise<void> => {
    setSending(true);
    setFailed(undefined);
    try {
      if (!(await autosave.flush())) {
        setFailed(t("publish.notSaved"));
        return;
      }
      const { version } = await publishDraft(id, note, autosave.base().revision);
      // What was the draft is now what calls take: the next change begins another one.
      await autosave.look();
      await client.invalidateQueries({ queryKey: ["plan"] });
      toast({ text: t("publish.done", { version }), tone: "good" });
      onClose();
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t("publish.title")} size="lg">
      <div className={style.dialog}>
        <p>{t("publish.what")}</p>
        <section>
          <h3>{t("publish.changes")}</h3>
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
          <Button loading={isSending} onClick={() => void publish()}>
            {t("head.publish")}
          </Button>
        </div>
      </div>
    </Modal>
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
