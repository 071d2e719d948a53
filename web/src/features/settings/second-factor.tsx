import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { sessionRoutes } from "../../../../src/api/contract/session.ts";
import { Section } from "../../components/page.tsx";
import { Qr } from "../../components/qr.tsx";
import { Refusal } from "../../components/refusal.tsx";
import { useToast } from "../../components/toast.tsx";
import { api } from "../../lib/api.ts";
import { sessionOptions } from "../../lib/session.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import { PresentPassword } from "./present-password.tsx";
import style from "./settings.module.css";

interface SecondFactorProps {
  readonly isInForce: boolean;
  /** Without asking for the password: there is none, or a one-time link was used. */
  readonly isTrusted: boolean;
}

/** The second factor of who is signed in: begun with the password, put in force with a code of it, and removed with one. */
export function SecondFactor({ isInForce, isTrusted }: SecondFactorProps) {
  const { t } = useTranslation("settings");
  const { t: shell } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const [password, setPassword] = useState("");
  const beginning = useMutation({
    mutationFn: () =>
      api<typeof sessionRoutes.beginTotp>("session.totp.begin", { body: isTrusted ? {} : { password } }),
    onSettled: () => setPassword(""),
  });
  const done = async (text: string): Promise<void> => {
    toast({ text });
    beginning.reset();
    await client.invalidateQueries({ queryKey: sessionOptions.queryKey });
  };
  const begun = beginning.data;
  if (isInForce)
    return (
      <Section title={t("factor.title")} help={t("factor.on")}>
        <CodeForm
          label={t("factor.remove")}
          send={(code) => api<typeof sessionRoutes.removeTotp>("session.totp.remove", { body: { code } })}
          onDone={() => done(t("factor.removed"))}
        />
      </Section>
    );
  return (
    <Section title={t("factor.title")} help={t("factor.what")}>
      {begun === undefined ? (
        <form
          className={style["form"]}
          onSubmit={(event) => {
            event.preventDefault();
            beginning.mutate();
          }}
        >
          {isTrusted ? undefined : <PresentPassword value={password} onChange={setPassword} />}
          <div>
            <Button
              type="submit"
              variant="default"
              loading={beginning.isPending}
              disabled={!isTrusted && password === ""}
            >
              {t("factor.begin")}
            </Button>
          </div>
        </form>
      ) : (
        <div className={style["factor"]}>
          <Qr text={begun.address} label={t("factor.qr")} />
          <div>
            <p className={style["hint"]}>{t("factor.scan")}</p>
            <code className={style["secret"]}>{begun.secret}</code>
            <CodeForm
              label={t("factor.confirm")}
              send={(code) =>
                api<typeof sessionRoutes.confirmTotp>("session.totp.confirm", { body: { code } })
              }
              onDone={() => done(t("factor.inForce"))}
            />
            <Button variant="subtle" size="xs" onClick={() => beginning.reset()}>
              {shell("do.cancel")}
            </Button>
          </div>
        </div>
      )}
      <Refusal error={beginning.error} />
    </Section>
  );
}

/** The six digits that an authenticator shows now. */
function CodeForm({
  label,
  send,
  onDone,
}: {
  readonly label: string;
  readonly send: (code: string) => Promise<unknown>;
  readonly onDone: () => Promise<void>;
}) {
  const { t } = useTranslation("settings");
  const whyNot = useWhyNot();
  const [code, setCode] = useState("");
  const sending = useMutation({
    mutationFn: () => send(code.replace(/\s/g, "")),
    onSuccess: onDone,
    onError: () => setCode(""),
  });
  return (
    <form
      className={style["add"]}
      onSubmit={(event) => {
        event.preventDefault();
        sending.mutate();
      }}
    >
      <TextInput
        label={t("factor.code")}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={12}
        value={code}
        error={sending.error === null ? undefined : whyNot(sending.error)}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={sending.isPending} disabled={code.trim() === ""}>
        {label}
      </Button>
    </form>
  );
}
