import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refusal } from "../../components/refusal.tsx";
import { ApiError } from "../../lib/api-error.ts";
import { Frame } from "./frame.tsx";
import { useSecret, useSignIn } from "./use-sign-in.ts";

/** The first page of a new server: by the link that the start printed, one becomes its administrator. */
export function Component() {
  const { t } = useTranslation("signin");
  const secret = useSecret();
  const setUp = useSignIn("/setup");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  // What was said of another link is not said of this one.
  const error = setUp.variables?.["secret"] === secret ? setUp.error : null;
  if (secret === undefined)
    return (
      <Frame title={t("setup.title")}>
        <p>{t("setup.noLink")}</p>
        <p>{t("setup.noLinkHint")}</p>
      </Frame>
    );
  const isOver = error instanceof ApiError && error.code === "linkIsOver";
  return (
    <Frame title={t("setup.title")}>
      <p>{t("setup.what")}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setUp.mutate({ secret, name, password });
        }}
      >
        <Refusal error={isOver ? new Error(t("setup.over")) : error} />
        <TextInput
          label={t("name")}
          description={t("setup.nameHelp")}
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("setup.password")}
          description={t("setup.passwordHelp")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={setUp.isPending}>
          {t("setup.make")}
        </Button>
      </form>
    </Frame>
  );
}
