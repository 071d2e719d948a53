import { Button, Modal, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useToast } from "../../../components/toast.tsx";
import { isStale } from "../../../lib/api-error.ts";
import { renamePlan } from "../state/requests.ts";
import style from "./list.module.css";

/** A plan's name is not a part of its draft: another one is live at once, for all numbers that use the plan. */
export function RenameDialog(props: {
  readonly id: string;
  readonly before: string;
  /** The version that calls take. */
  readonly version: number;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("plans");
  return (
    <Modal opened onClose={props.onClose} title={t("rename.title")}>
      <NameForm {...props} />
    </Modal>
  );
}

function NameForm({ id, before, version, onClose }: Parameters<typeof RenameDialog>[0]) {
  const { t } = useTranslation("plans");
  const client = useQueryClient();
  const toast = useToast();
  const [name, setName] = useState(before);
  const [isSending, setSending] = useState(false);
  const [failed, setFailed] = useState<string>();
  const wanted = name.trim();
  const rename = async (): Promise<void> => {
    setSending(true);
    setFailed(undefined);
    try {
      await renamePlan(id, wanted, version);
      await Promise.all([["plan"], ["number"]].map((queryKey) => client.invalidateQueries({ queryKey })));
      toast({ text: t("rename.done", { name: wanted }), tone: "good" });
      onClose();
    } catch (error) {
      if (isStale(error)) {
        await client.invalidateQueries({ queryKey: ["plan"] });
        setFailed(t("rename.stale"));
      } else setFailed(error instanceof Error ? error.message : String(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <form
      className={style.form}
      onSubmit={(event) => {
        event.preventDefault();
        void rename();
      }}
    >
      <TextInput
        data-autofocus
        label={t("inspector.name")}
        description={t("rename.help")}
        maxLength={100}
        required
        value={name}
        error={failed}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <div className={style.buttons}>
        <Button variant="default" onClick={onClose}>
          {t("plans.cancel")}
        </Button>
        <Button type="submit" loading={isSending} disabled={wanted === "" || wanted === before}>
          {t("rename.title")}
        </Button>
      </div>
    </form>
  );
}
