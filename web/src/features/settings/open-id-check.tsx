import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { openIdRoutes } from "../../../../src/api/contract/open-id.ts";
import { api } from "../../lib/api.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import style from "./settings.module.css";

type Settings = z.input<typeof openIdRoutes.check.body>;

/** Tries the settings as they stand in the form; nothing is saved and nobody signs in. */
export function OpenIdCheck({ documentNow }: { readonly documentNow: () => Settings }) {
  const { t } = useTranslation("settings");
  const whyNot = useWhyNot();
  const checking = useMutation({
    mutationFn: () => api<typeof openIdRoutes.check>("openId.check", { body: documentNow() }),
  });
  const { data, error } = checking;
  return (
    <>
      <Button variant="default" loading={checking.isPending} onClick={() => checking.mutate()}>
        {t("openId.try")}
      </Button>
      <output className={style["findings"]}>
        {error === null ? undefined : <span data-state="bad">{whyNot(error)}</span>}
        {(data?.items ?? []).map(({ what, state, sentence }) => (
          <span key={what} data-state={state}>
            {state === "bad"
              ? `${t("openId.bad")}: ${sentence}`
              : t(`openId.tried.${state === "good" ? what : "unknown"}`)}
          </span>
        ))}
      </output>
    </>
  );
}
