import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { OpenIdAnswer, openIdRoutes } from "../../../../src/api/contract/open-id.ts";
import { Restored } from "../../components/editor-parts.tsx";
import { ErrorState } from "../../components/states.tsx";
import { useToast } from "../../components/toast.tsx";
import { api } from "../../lib/api.ts";
import { ApiError } from "../../lib/api-error.ts";
import { type Draft, useDraft } from "../../lib/draft.ts";
import { useSaveKey } from "../../lib/shortcuts.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import { OpenIdCheck } from "./open-id-check.tsx";
import { documentOf, type Texts, textsOf, valueIn, withoutSecret } from "./open-id-texts.ts";
import { useRoleChoices } from "./role-choices.ts";
import style from "./settings.module.css";

const openIdOptions = queryOptions({
  queryKey: ["openId"],
  queryFn: async ({ signal }) => {
    try {
      return await api<typeof openIdRoutes.get>("openId.get", { signal });
    } catch (error) {
      // There is none yet.
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  },
});

/** The OpenID server that people may sign in by. */
export function OpenId() {
  const { data, error, refetch } = useQuery(openIdOptions);
  // What was read once stays, and what is typed with it.
  if (data !== undefined) return <Form settings={data ?? undefined} />;
  return error === null ? undefined : <ErrorState error={error} onRetry={() => void refetch()} />;
}

function Form({ settings }: { readonly settings: OpenIdAnswer | undefined }) {
  const { t } = useTranslation("settings");
  const has = settings?.clientSecret !== undefined;
  const draft = useDraft<Texts>(
    "openId",
    textsOf(settings, t("openId.labelNow")),
    settings?.revision ?? 0,
    (typed) => withoutSecret(typed, has),
  );
  const { document: texts } = draft;
  const { saving, removing } = useOpenIdChanges(settings, draft);
  const bad = texts.values.split("\n").find((line) => line.trim() !== "" && valueIn(line) === undefined);
  const documentNow = () => documentOf(texts, settings?.scope);
  const form = useRef<HTMLFormElement>(null);
  useSaveKey(saving.isPending ? undefined : () => form.current?.requestSubmit());
  return (
    <form
      ref={form}
      className={style["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (bad === undefined) saving.mutate({ texts, seen: draft.revision });
      }}
    >
      <p className={style["hint"]}>{t("openId.what")}</p>
      <p className={style["hint"]}>
        {t("openId.back")} <code>{`${location.origin}/login/openid`}</code>
      </p>
      <Restored draft={draft} />
      <Fields texts={texts} bad={bad} onChange={draft.change} />
      <div className={style["add"]}>
        <Button type="submit" disabled={bad !== undefined} loading={saving.isPending}>
          {t("openId.save")}
        </Button>
        {/* What was found is of the settings as they were tried: with others it begins anew. */}
        <OpenIdCheck key={JSON.stringify(texts)} documentNow={documentNow} />
        {settings === undefined ? undefined : (
          <Button
            variant="default"
            onClick={() => {
              // biome-ignore lint: a question that must be answered
              if (globalThis.confirm(t("openId.removeAsk"))) removing.mutate();
            }}
          >
            {t("openId.remove")}
          </Button>
        )}
      </div>
    </form>
  );
}

/** Saves settings in place of these, and removes these. */
function useOpenIdChanges(settings: OpenIdAnswer | undefined, draft: Draft<Texts>) {
  const { t } = useTranslation("settings");
  const whyNot = useWhyNot();
  const client = useQueryClient();
  const toast = useToast();
  const there = (now: OpenIdAnswer | null) => ({
    document: textsOf(now ?? undefined, t("openId.labelNow")),
    revision: now?.revision ?? 0,
  });
  const onError = async (error: Error): Promise<void> => {
    const isOther = error instanceof ApiError && (error.status === 412 || error.status === 404);
    const now = isOther
      ? await client.fetchQuery({ ...openIdOptions, staleTime: 0 }).catch(() => undefined)
      : undefined;
    if (now === undefined) return toast({ text: whyNot(error), tone: "bad" });
    // Somebody else changed or removed it: what was typed stays, over what is there now.
    draft.settle(there(now), draft.before);
    toast({ text: `${error.message} ${t("openId.merged")}`, tone: "bad" });
  };
  const saving = useMutation({
    mutationFn: ({ texts, seen }: { readonly texts: Texts; readonly seen: number }) =>
      api<typeof openIdRoutes.put>("openId.put", {
        body: documentOf(texts, settings?.scope),
        ...(seen === 0 ? { ifNoneMatch: "*" as const } : { ifMatch: seen }),
      }),
    onSuccess: (saved, { texts }) => {
      client.setQueryData(openIdOptions.queryKey, saved);
      draft.settle(there(saved), texts);
      toast({ text: t("openId.saved") });
    },
    onError,
  });
  const removing = useMutation({
    mutationFn: () =>
      api<typeof openIdRoutes.remove>("openId.remove", { ifMatch: settings?.revision ?? "*" }),
    onSuccess: () => {
      const none = there(null);
      client.setQueryData(openIdOptions.queryKey, null);
      draft.take(none.document, none.revision);
    },
    onError,
  });
  return { saving, removing };
}

/** `bad`: the line of the values that cannot be read. */
function Fields({
  texts,
  bad,
  onChange,
}: {
  readonly texts: Texts;
  readonly bad: string | undefined;
  readonly onChange: (change: Partial<Texts>) => void;
}) {
  const { t } = useTranslation("settings");
  const roles = useRoleChoices();
  const field = (name: Exclude<keyof Texts, "otherwise">) => ({
    label: t(`openId.${name}`),
    value: texts[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      onChange({ [name]: value }),
  });
  return (
    <>
      <TextInput {...field("label")} required />
      <TextInput {...field("issuer")} description={t("openId.issuerHelp")} inputMode="url" required />
      <TextInput {...field("clientId")} required />
      <TextInput {...field("clientSecret")} description={t("openId.secretHelp")} autoComplete="off" />
      <TextInput {...field("domains")} description={t("openId.domainsHelp")} />
      <TextInput {...field("claim")} description={t("openId.claimHelp")} />
      <Textarea
        {...field("values")}
        description={t("openId.valuesHelp")}
        error={bad === undefined ? undefined : t("openId.badLine", { line: bad })}
        autosize
        minRows={2}
      />
      <Select
        label={t("openId.otherwise")}
        data={[{ value: "", label: t("openId.nobody") }, ...roles]}
        value={texts.otherwise}
        onChange={(value) => onChange({ otherwise: value ?? "" })}
      />
      <TextInput {...field("networks")} description={t("openId.networksHelp")} />
    </>
  );
}
