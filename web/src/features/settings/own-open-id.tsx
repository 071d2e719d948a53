import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { openIdRoutes } from "../../../../src/api/contract/open-id.ts";
import type { SignedInAnswer } from "../../../../src/api/contract/session.ts";
import { Section } from "../../components/page.tsx";
import { Refusal } from "../../components/refusal.tsx";
import { useToast } from "../../components/toast.tsx";
import { api } from "../../lib/api.ts";
import { beginLinking } from "../../lib/open-id-return.ts";
import { sessionOptions } from "../../lib/session.ts";
import { PresentPassword } from "./present-password.tsx";
import style from "./settings.module.css";

interface OwnOpenIdProps {
  readonly openId: NonNullable<SignedInAnswer["openId"]>;
  /** Without asking for the password: there is none, or a one-time link was used. */
  readonly isTrusted: boolean;
}

/** Links the person who is signed in to an account at the OpenID server, or undoes that. */
export function OwnOpenId({ openId: { label, isOn, isLinked }, isTrusted }: OwnOpenIdProps) {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const toast = useToast();
  const [password, setPassword] = useState("");
  const body = isTrusted ? {} : { password };
  const linking = useMutation({
    mutationFn: () => api<typeof openIdRoutes.link>("session.openId.link", { body }),
    onSuccess: ({ href }) => {
      beginLinking();
      location.assign(href);
    },
  });
  const unlinking = useMutation({
    mutationFn: () => api<typeof openIdRoutes.unlink>("session.openId.unlink", { body }),
    onSuccess: async () => {
      setPassword("");
      toast({ text: t("ownOpenId.undone") });
      await Promise.all([
        client.invalidateQueries(sessionOptions),
        client.invalidateQueries({ queryKey: ["sessions"] }),
      ]);
    },
  });
  const doing = isLinked ? unlinking : linking;
  if (!isOn && !isLinked) return undefined;
  return (
    <Section title={t("ownOpenId.title")} help={t(isLinked ? "ownOpenId.linked" : "ownOpenId.what")}>
      <form
        className={style["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          doing.mutate();
        }}
      >
        <Refusal error={doing.error} />
        {isTrusted ? undefined : <PresentPassword value={password} onChange={setPassword} />}
        <div>
          <Button
            type="submit"
            variant="default"
            disabled={!isTrusted && password === ""}
            loading={doing.isPending || linking.isSuccess}
          >
            {isLinked ? t("ownOpenId.undo") : t("ownOpenId.link", { label })}
          </Button>
        </div>
      </form>
    </Section>
  );
}
