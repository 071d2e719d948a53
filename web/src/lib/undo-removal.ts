import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useToast } from "../components/toast.tsx";
import { type ListKind, restoreEntity } from "./entities.ts";
import { useWhyNot } from "./use-why-not.ts";

/** Takes what was removed out of the trash, and says so, or why not: the page that removed it is gone by then. */
export function useUndoRemoval(kind: ListKind): (id: string, name: string) => void {
  const { t } = useTranslation();
  const whyNot = useWhyNot();
  const client = useQueryClient();
  const toast = useToast();
  return (id, name) =>
    void restoreEntity(client, kind, id).then(
      () => toast({ text: t("state.restored", { name }) }),
      (error: Error) => toast({ text: whyNot(error), tone: "bad" }),
    );
}
