import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useSearchParams } from "react-router";
import { Refusal } from "../../components/refusal.tsx";
import { ApiError } from "../../lib/api-error.ts";
import { sessionOptions } from "../../lib/session.ts";
import { Frame } from "./frame.tsx";
import { OpenIdButton } from "./open-id.tsx";
import { placeIn, useSecret, useSignIn } from "./use-sign-in.ts";

/** Signing in: by name and password, with a second factor where there is one, or by a one-time link. */
export function Component() {
  const { t } = useTranslation("signin");
  const session = useQuery(sessionOptions).data;
  const signIn = useSignIn("/session");
  const [params] = useSearchParams();
  const link = useSecret();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [totp, setTotp] = useState("");
  const refusal = signIn.error instanceof ApiError ? signIn.error : undefined;
  // Also while a wrong one is corrected.
  const [asksCode, setAsksCode] = useState(false);

  if (link === undefined && session?.signedIn === true)
    return <Navigate to={placeIn(params.get("to"))} replace />;
  if (link === undefined && session?.signedIn === false && session.needsSetup)
    return <Navigate to="/setup" replace />;
  if (link !== undefined) return <ByLink key={link} link={link} />;
  return (
    <Frame title={t("title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate(
            { name, password, ...(totp === "" ? {} : { totp }) },
            {
              onError: (error) => {
                if (error instanceof ApiError && error.code === "codeNeeded") setAsksCode(true);
              },
            },
          );
        }}
      >
        {refusal?.code === "codeNeeded" ? undefined : <Refusal error={signIn.error} />}
        <TextInput
          label={t("name")}
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {asksCode ? (
          <TextInput
            label={t("totp")}
            description={t("totpHelp")}
            autoComplete="one-time-code"
            inputMode="numeric"
            autoFocus
            value={totp}
            onChange={(event) => setTotp(event.currentTarget.value)}
          />
        ) : undefined}
        <Button type="submit" loading={signIn.isPending}>
          {t("signIn")}
        </Button>
        {session?.signedIn === false && session.openId !== undefined ? (
          <OpenIdButton label={session.openId.label} />
        ) : undefined}
      </form>
    </Frame>
  );
}

/** A one-time link signs in at once; the button is for when that did not come about. */
function ByLink({ link }: { readonly link: string }) {
  const { t } = useTranslation("signin");
  const { mutate, error, isError } = useSignIn("/session");
  const isTried = useRef(false);
  useEffect(() => {
    if (isTried.current) return;
    isTried.current = true;
    mutate({ link });
  }, [link, mutate]);
  return (
    <Frame title={t("link.title")}>
      <p>{t("link.what")}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          mutate({ link });
        }}
      >
        <Refusal error={error} />
        <Button type="submit" loading={!isError}>
          {t("link.use")}
        </Button>
      </form>
    </Frame>
  );
}
