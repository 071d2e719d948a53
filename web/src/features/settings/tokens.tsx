import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TokenEntry, tokenRoutes } from "../../../../src/api/contract/tokens.ts";
import { ErrorState } from "../../components/states.tsx";
import { useToast } from "../../components/toast.tsx";
import { api } from "../../lib/api.ts";
import { ago } from "../../lib/format.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import { AddByName, type NamedRole } from "./add-by-name.tsx";
import style from "./settings.module.css";

/** Tokens of programs. */
export function Tokens() {
  const { t } = useTranslation("settings");
  const whyNot = useWhyNot();
  const client = useQueryClient();
  const toast = useToast();
  const [made, setMade] = useState<string>();
  const tokens = useQuery({
    queryKey: ["tokens"],
    queryFn: ({ signal }) => api<typeof tokenRoutes.list>("tokens.list", { signal }),
  });
  const again = () => client.invalidateQueries({ queryKey: ["tokens"] });
  const onError = (error: Error): void => toast({ text: whyNot(error), tone: "bad" });
  const adding = useMutation({
    mutationFn: (body: NamedRole) => api<typeof tokenRoutes.create>("tokens.create", { body }),
    onSuccess: async ({ token }) => {
      setMade(token);
      await again();
    },
    onError,
  });
  const revoking = useMutation({
    mutationFn: ({ id }: TokenEntry) => api<typeof tokenRoutes.revoke>("tokens.revoke", { params: { id } }),
    onSettled: again,
    onError,
  });
  if (tokens.error !== null) return <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />;
  const items = tokens.data?.items ?? [];
  return (
    <>
      <p className={style["hint"]}>{t("tokens.what")}</p>
      <AddByName
        label={t("tokens.name")}
        button={t("tokens.add")}
        first="viewer"
        isPending={adding.isPending}
        add={adding.mutate}
      />
      {made === undefined ? undefined : (
        <output className={style["once"]}>
          {t("tokens.once")}
          <code>{made}</code>
        </output>
      )}
      {tokens.data !== undefined && items.length === 0 ? (
        <p className={style["hint"]}>{t("tokens.empty")}</p>
      ) : undefined}
      <ul>
        {items.map((token) => (
          <li key={token.id} className={style["row"]}>
            <span>
              {token.name}
              <small>
                {t(`roleShort.${token.role}`)} · {t("tokens.begins", { begins: token.begins })} ·{" "}
                {token.lastUsedAt === null
                  ? t("tokens.never")
                  : t("tokens.used", { time: ago(token.lastUsedAt) })}
              </small>
            </span>
            <Button
              variant="default"
              onClick={() => {
                // biome-ignore lint: a question that must be answered
                if (globalThis.confirm(t("tokens.revokeAsk", { name: token.name }))) revoking.mutate(token);
              }}
            >
              {t("tokens.revoke")}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
