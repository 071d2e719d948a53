import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useToast } from "../../components/toast.tsx";
import { request } from "../../lib/api.ts";
import { ApiError } from "../../lib/api-error.ts";
import { useRemoveEntity } from "../../lib/entities.ts";
import type { StoredMessage } from "./use-message.ts";

/** Puts a message into the trash; the way back is offered where one is then. */
export function Remove({ entity }: { readonly entity: StoredMessage }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const toast = useToast();
  const removing = useRemoveEntity("audioMessage");
  const { id, key: name, revision } = entity;
  const say = (error: unknown): void => {
    const isBroken = error instanceof ApiError && error.status === 0;
    const text = isBroken ? t("state.notReached") : error instanceof Error ? error.message : String(error);
    toast({ text, tone: "bad" });
  };
  // The form is gone by then: nothing of it may be needed for this.
  const restore = async (): Promise<void> => {
    try {
      await request("POST", `/trash/${encodeURIComponent(id)}/restore`);
      toast({ text: t("state.restored", { name }) });
      await client.invalidateQueries({ queryKey: ["audioMessage"] });
    } catch (error) {
      say(error);
    }
  };
  return (
    <Button
      variant="default"
      loading={removing.isPending}
      onClick={() =>
        removing.mutate(
          { id, revision },
          {
            onSuccess: () => {
              toast({ text: t("state.removed", { name }), undo: () => void restore() });
              void navigate("/audio");
            },
            onError: say,
          },
        )
      }
    >
      {t("do.remove")}
    </Button>
  );
}
