import { Button } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { ProblemList } from "../../components/problem-list.tsx";
import { request } from "../../lib/api.ts";
import { type Entity, useEntities } from "../../lib/entities.ts";
import { useMay } from "../../lib/session.ts";
import { firstPlan } from "./first-plan.ts";
import style from "./practice/practice-link.module.css";

/** A webhook that no plan uses: a plan with it, by a click. */
export function UseIt({ name }: { readonly name: string }) {
  const { t } = useTranslation("webhooks");
  const may = useMay("editor");
  const navigate = useNavigate();
  const client = useQueryClient();
  const phones = useEntities("phone");
  const making = useMutation({
    mutationFn: () => {
      const phone = phones.data?.pages[0]?.items[0]?.key;
      return request<Entity<unknown>>("POST", "/plans", { body: firstPlan(name, phone) });
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ["plan", "list"] });
      void navigate(`/plans/${encodeURIComponent(id)}`);
    },
  });
  if (!may) return undefined;
  return (
    <div className={style["practice"]}>
      <IconRoute size={18} stroke={1.6} aria-hidden="true" />
      <span>{t("useIt.what")}</span>
      <Button
        variant="default"
        size="xs"
        loading={making.isPending}
        disabled={phones.data === undefined}
        onClick={() => making.mutate()}
      >
        {t("useIt.do")}
      </Button>
      {making.error === null ? undefined : (
        <ProblemList problems={[{ pointer: "", code: "refused", message: making.error.message }]} />
      )}
    </div>
  );
}
