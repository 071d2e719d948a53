import { Button, PasswordInput, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { sessionRoutes } from "../../../../src/api/contract/session.ts";
import { Section } from "../../components/page.tsx";
import { Refusal } from "../../components/refusal.tsx";
import { Segmented } from "../../components/segmented.tsx";
import { useToast } from "../../components/toast.tsx";
import { chooseLanguage } from "../../i18n/i18n.ts";
import { LANGUAGES, type Language } from "../../i18n/language.ts";
import { api } from "../../lib/api.ts";
import { ApiError } from "../../lib/api-error.ts";
import { browserName } from "../../lib/browser-name.ts";
import { ago } from "../../lib/format.ts";
import { isTrusted, useSession } from "../../lib/session.ts";
import { OwnOpenId } from "./own-open-id.tsx";
import { PresentPassword } from "./present-password.tsx";
import { SecondFactor } from "./second-factor.tsx";
import style from "./settings.module.css";

/** What belongs to the person who is signed in. */
export function You() {
  const { t, i18n } = useTranslation("settings");
  const { t: shell } = useTranslation();
  const session = useSession();
  const client = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const leaving = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      client.clear();
      location.assign("/login");
    },
  });
  if (session === undefined) return undefined;
  const { openId } = session;
  const trusted = isTrusted(session);
  // Who has nothing here but the word of that server has to come by a link of an administrator.
  const comesBy =
    openId?.isLinked === true && !session.hasPassword && !session.mayResetPassword ? openId.label : undefined;
  return (
    <>
      <Section
        title={t("you.signedIn", { name: session.name, role: t(`roleShort.${session.role}`) })}
        help={t(`role.${session.role}`)}
        actions={
          <Button variant="default" loading={leaving.isPending} onClick={() => leaving.mutate()}>
            {shell("do.signOut")}
          </Button>
        }
      >
        <Refusal error={leaving.error} notReached={t("you.stillIn")} />
        <div className={style["form"]}>
          <div>
            <h3>{t("you.language")}</h3>
            <Segmented
              label={t("you.language")}
              choices={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
              value={i18n.language}
              onChange={(language) => void chooseLanguage(language as Language)}
            />
          </div>
          <div>
            <h3>{t("you.scheme")}</h3>
            <Segmented
              label={t("you.scheme")}
              choices={(["auto", "light", "dark"] as const).map((value) => ({
                value,
                label: t(`you.${value}`),
              }))}
              value={colorScheme}
              onChange={(scheme) => setColorScheme(scheme)}
            />
          </div>
        </div>
      </Section>
      {session.via === "session" ? (
        <>
          {comesBy === undefined ? (
            <Password mayReset={trusted} />
          ) : (
            <Section title={t("you.password")}>
              <p className={style["hint"]}>{t("you.noPassword", { label: comesBy })}</p>
            </Section>
          )}
          <SecondFactor isInForce={session.secondFactor} isTrusted={trusted} />
          {openId === undefined || comesBy !== undefined ? undefined : (
            <OwnOpenId openId={openId} isTrusted={trusted} />
          )}
          <Sessions />
        </>
      ) : undefined}
    </>
  );
}

/** Ends the session of this browser; one that has ended by itself is what was wanted. */
async function signOut(): Promise<void> {
  try {
    await api<typeof sessionRoutes.signOut>("session.end");
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
}

function Password({ mayReset }: { readonly mayReset: boolean }) {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const toast = useToast();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const changing = useMutation({
    mutationFn: () =>
      api<typeof sessionRoutes.password>("session.password", {
        body: { password, ...(mayReset ? {} : { current }) },
      }),
    onSuccess: async () => {
      setCurrent("");
      setPassword("");
      toast({ text: t("you.changed") });
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return (
    <Section title={t("you.password")}>
      <form
        className={style["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          changing.mutate();
        }}
      >
        <Refusal error={changing.error} />
        {mayReset ? undefined : <PresentPassword value={current} onChange={setCurrent} />}
        <PasswordInput
          label={t("you.new")}
          description={t("you.newHelp")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <div>
          <Button type="submit" variant="default" loading={changing.isPending} disabled={password === ""}>
            {t("you.change")}
          </Button>
        </div>
      </form>
    </Section>
  );
}

function Sessions() {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const toast = useToast();
  const { data, error, refetch } = useQuery({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => api<typeof sessionRoutes.list>("sessions.list", { signal }),
  });
  const ending = useMutation({
    mutationFn: (id: string) => api<typeof sessionRoutes.end>("sessions.end", { params: { id } }),
    onSuccess: async () => {
      toast({ text: t("you.ended") });
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return (
    <Section title={t("you.sessions")}>
      <Refusal error={data === undefined ? error : null} onRetry={() => void refetch()} />
      <Refusal error={ending.error} />
      <ul>
        {(data?.items ?? []).map(({ id, name, address, agent, lastSeenAt, isOwn }) => (
          <li key={id} className={style["row"]}>
            <span>
              {name}, {address}
              <small>
                <span title={agent}>{browserName(agent)}</span> ·{" "}
                {isOwn ? t("you.own") : t("you.seen", { time: ago(lastSeenAt) })}
              </small>
            </span>
            {isOwn ? undefined : (
              <Button size="xs" variant="default" onClick={() => ending.mutate(id)}>
                {t("you.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
