import { Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useToast } from "../../../components/toast.tsx";
import { isStale } from "../../../lib/api-error.ts";
import { renamePlan } from "../state/requests.ts";
import { NameForm } from "./name-form.tsx";

/** A plan's name is not a part of its draft: another one is live at once, for all numbers that use the plan. */
export function RenameDialog({
  id,
  before,
  version,
  onClose,
}: {
  readonly id: string;
  readonly before: string;
  /** The version that calls take. */
  readonly version: number;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("plans");
  const { t: shell } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const rename = async (name: string): Promise<string | undefined> => {
    try {
      await renamePlan(id, name, version);
    } catch (error) {
      if (!isStale(error)) throw error;
      await client.invalidateQueries({ queryKey: ["plan"] });
      return t("rename.stale");
    }
    await Promise.all([["plan"], ["number"]].map((queryKey) => client.invalidateQueries({ queryKey })));
    toast({ text: t("rename.done", { name }), tone: "good" });
    onClose();
    return undefined;
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("rename.title")}
      closeButtonProps={{ "aria-label": shell("do.close") }}
    >
      <NameForm
        label={t("inspector.name")}
        help={t("rename.help")}
        before={before}
        action={t("rename.title")}
        onSend={rename}
        onClose={onClose}
      />
    </Modal>
  );
}
