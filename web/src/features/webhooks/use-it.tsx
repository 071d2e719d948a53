import { IconRoute } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { request } from "../../lib/api.ts";
import { type Entity, useEntities } from "../../lib/entities.ts";
import { useMaySave } from "../../lib/session.ts";
import { firstPlan } from "./first-plan.ts";
import style from "./offer.module.css";
import { Offer } from "./offer.tsx";

/** A webhook that no plan uses: a plan with it, by a click. */
export function UseIt({ name }: { readonly name: string }) {
  const { t } = useTranslation("webhooks");
  const may = useMaySave("plan");
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
    <div className={style["above"]}>
      <Offer
        icon={IconRoute}
        text={t("useIt.what")}
        button={t("useIt.do")}
        isBusy={making.isPending}
        isOff={phones.data === undefined}
        error={making.error}
        onTake={() => making.mutate()}
      />
    </div>
  );
}
