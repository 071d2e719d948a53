import { Button, Modal, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useToast } from "../../../components/toast.tsx";
import { usePlanView } from "../editor/view.ts";
import type { Autosave } from "../state/autosave.ts";
import { publishDraft } from "../state/requests.ts";
import type { Difference } from "../tree/difference.ts";
import { DifferenceList } from "./difference-list.tsx";
import style from "./publish.module.css";

/** What will be another one for calls, and a note for who looks at the history. */
export default function PublishDialog({
  autosave,
  changes,
  isFirst,
  onClose,
}: {
  readonly autosave: Autosave;
  readonly changes: readonly Difference[];
  readonly isFirst: boolean;
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
          {isFirst ? (
            <p className={style.none}>{t("publish.first")}</p>
          ) : (
            <DifferenceList
              differences={changes}
              directory={directory}
              onShow={(number) => {
                onClose();
                editor.show(number);
              }}
            />
          )}
        </section>
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
