import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useToast } from "../../components/toast.tsx";
import { useRemoveEntity } from "../../lib/entities.ts";
import { useUndoRemoval } from "../../lib/undo-removal.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import type { StoredMessage } from "./use-message.ts";

/** Puts a message into the trash; the way back is offered where one is then. */
export function Remove({ entity }: { readonly entity: StoredMessage }) {
  const { t } = useTranslation();
  const whyNot = useWhyNot();
  const navigate = useNavigate();
  const toast = useToast();
  const removing = useRemoveEntity("audioMessage");
  const undoRemoval = useUndoRemoval("audioMessage");
  const { id, key: name, revision } = entity;
  return (
    <Button
      variant="default"
      loading={removing.isPending}
      onClick={() =>
        removing.mutate(
          { id, revision },
          {
            onSuccess: () => {
              toast({ text: t("state.removed", { name }), undo: () => undoRemoval(id, name) });
              void navigate("/audio");
            },
            onError: (error) => toast({ text: whyNot(error), tone: "bad" }),
          },
        )
      }
    >
      {t("do.remove")}
    </Button>
  );
}
