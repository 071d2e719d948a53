import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OpenIdAnswer, openIdRoutes } from "../../../../src/api/contract/open-id.ts";
import type { Role } from "../../../../src/api/contract/role.ts";
import { ErrorState } from "../../components/states.tsx";
import { useToast } from "../../components/toast.tsx";
import { api } from "../../lib/api.ts";
import { ApiError } from "../../lib/api-error.ts";
import { ROLES } from "../../lib/session.ts";
import { OpenIdCheck } from "./open-id-check.tsx";
import { useRoleChoices } from "./role-choices.ts";
import style from "./settings.module.css";

const KEY = ["openId"];

/** The OpenID server that people may sign in by. */
export function OpenId() {
  const settings = useQuery({
    queryKey: KEY,
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
  const { data } = settings;
  if (settings.error !== null)
    return <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />;
  return data === undefined ? undefined : <Form key={data?.revision ?? 0} settings={data ?? undefined} />;
}

type Texts = ReturnType<typeof textsOf>;

function Form({ settings }: { readonly settings: OpenIdAnswer | undefined }) {
  const { t } = useTranslation("settings");
  const [texts, setTexts] = useState(() => textsOf(settings, t("openId.labelNow")));
  const { saving, removing } = useOpenIdChanges(settings);
  const bad = texts.values.split("\n").find((line) => line.trim() !== "" && valueIn(line) === undefined);
  const documentNow = () => documentOf(texts, settings);
  return (
    <form
      className={style["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (bad === undefined) saving.mutate(documentNow());
      }}
    >
      <p className={style["hint"]}>{t("openId.what")}</p>
      <p className={style["hint"]}>
        {t("openId.back")} <code>{`${location.origin}/login/openid`}</code>
      </p>
      <Fields
        texts={texts}
        bad={bad}
        onChange={(change) => setTexts((before) => ({ ...before, ...change }))}
      />
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
function useOpenIdChanges(settings: OpenIdAnswer | undefined) {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const toast = useToast();
  const onError = (error: Error): void => toast({ text: error.message, tone: "bad" });
  const onSuccess = (): Promise<void> => client.invalidateQueries({ queryKey: KEY });
  const saving = useMutation({
    mutationFn: (body: ReturnType<typeof documentOf>) =>
      api<typeof openIdRoutes.put>("openId.put", {
        body,
        ...(settings === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: settings.revision }),
      }),
    onSuccess: async () => {
      toast({ text: t("openId.saved") });
      await onSuccess();
    },
    onError,
  });
  const removing = useMutation({
    mutationFn: () =>
      api<typeof openIdRoutes.remove>("openId.remove", { ifMatch: settings?.revision ?? "*" }),
    onSuccess,
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

function textsOf(settings: OpenIdAnswer | undefined, label: string) {
  return {
    label: settings?.label ?? label,
    issuer: settings?.issuer ?? "",
    clientId: settings?.clientId ?? "",
    clientSecret: settings?.clientSecret ?? "",
    domains: settings?.allowedDomains.join(", ") ?? "",
    claim: settings?.roles.claim ?? "",
    values: settings?.roles.values.map(({ value, role }) => `${value} = ${role}`).join("\n") ?? "",
    otherwise: settings?.roles.otherwise ?? "",
    networks: settings?.networks.join(", ") ?? "",
  };
}

function documentOf(texts: Texts, settings: OpenIdAnswer | undefined) {
  const { label, issuer, clientId, clientSecret } = texts;
  return {
    label,
    issuer: issuer.trim(),
    clientId: clientId.trim(),
    ...(clientSecret !== "" && { clientSecret }),
    ...(settings !== undefined && { scope: settings.scope }),
    allowedDomains: partsOf(texts.domains),
    roles: {
      claim: texts.claim.trim(),
      values: texts.values.split("\n").flatMap((line) => valueIn(line) ?? []),
      ...(isRole(texts.otherwise) && { otherwise: texts.otherwise }),
    },
    networks: partsOf(texts.networks),
  };
}

function valueIn(line: string): { readonly value: string; readonly role: Role } | undefined {
  const [, value = "", role = ""] = /^\s*(.+?)\s*=\s*(\w+)\s*$/.exec(line) ?? [];
  return isRole(role) ? { value, role } : undefined;
}

function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

function partsOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}
