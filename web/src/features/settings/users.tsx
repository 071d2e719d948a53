import { Button, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role } from "../../../../src/api/contract/role.ts";
import type { UserEntry, userRoutes } from "../../../../src/api/contract/users.ts";
import { ErrorState } from "../../components/states.tsx";
import { useToast } from "../../components/toast.tsx";
import { api } from "../../lib/api.ts";
import { ago, clockTime } from "../../lib/format.ts";
import { ROLES } from "../../lib/session.ts";
import style from "./settings.module.css";

/** Who may sign in, and what they may do. */
export function Users() {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const toast = useToast();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const [link, setLink] = useState<{
    readonly name: string;
    readonly address: string;
    readonly until: number;
  }>();
  const users = useQuery({
    queryKey: ["users"],
    queryFn: ({ signal }) => api<typeof userRoutes.list>("users.list", { signal }),
  });
  const again = () => client.invalidateQueries({ queryKey: ["users"] });
  const onError = (error: Error): void => toast({ text: error.message, tone: "bad" });
  const adding = useMutation({
    mutationFn: () => api<typeof userRoutes.create>("users.create", { body: { name, role } }),
    onSuccess: async () => {
      toast({ text: t("users.added", { name }) });
      setName("");
      await again();
    },
    onError,
  });
  const changing = useMutation({
    mutationFn: ({ user, to }: { readonly user: UserEntry; readonly to: Role }) =>
      api<typeof userRoutes.change>("users.change", {
        params: { id: user.id },
        ifMatch: user.revision,
        body: { role: to },
      }),
    onSettled: again,
    onError,
  });
  const linking = useMutation({
    mutationFn: (user: UserEntry) => api<typeof userRoutes.link>("users.link", { params: { id: user.id } }),
    onSuccess: ({ path, expiresAt }, user) =>
      setLink({ name: user.name, address: location.origin + path, until: expiresAt }),
    onError,
  });
  if (users.error !== null) return <ErrorState error={users.error} onRetry={() => void users.refetch()} />;
  const roles = ROLES.map((one) => ({ value: one, label: t(`roleShort.${one}`) }));
  return (
    <>
      <form
        className={style["add"]}
        onSubmit={(event) => {
          event.preventDefault();
          adding.mutate();
        }}
      >
        <TextInput
          label={t("users.name")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label={t("users.role")}
          data={roles}
          value={role}
          onChange={(value) => setRole(value ?? "viewer")}
        />
        <Button type="submit" disabled={name.trim() === ""} loading={adding.isPending}>
          {t("users.add")}
        </Button>
      </form>
      {link === undefined ? undefined : (
        <output className={style["once"]}>
          {t("users.linkIs", { name: link.name, time: clockTime(link.until) })}
          <code>{link.address}</code>
        </output>
      )}
      <ul>
        {(users.data?.items ?? []).map((user) => (
          <li key={user.id} className={style["row"]}>
            <span>
              {user.name}
              <small>
                {user.lastSeenAt === null
                  ? t("users.never")
                  : t("users.seen", { time: ago(user.lastSeenAt) })}
                {user.secondFactor ? ` · ${t("users.factor")}` : ""}
                {user.openId ? ` · ${t("users.openId")}` : ""}
              </small>
            </span>
            <Select
              aria-label={`${t("users.role")}: ${user.name}`}
              data={roles}
              value={user.role}
              onChange={(to) => changing.mutate({ user, to: to ?? user.role })}
            />
            <Button variant="default" onClick={() => linking.mutate(user)}>
              {t("users.link")}
            </Button>
            {user.openId ? <UnlinkUser user={user} onDone={again} onError={onError} /> : undefined}
            <RemoveUser user={user} onDone={again} onError={onError} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface AboutUser {
  readonly user: UserEntry;
  readonly onDone: () => Promise<void>;
  readonly onError: (error: Error) => void;
}

/** Undoing the link to an account at the sign-in server asks: all sessions of the user end. */
function UnlinkUser({ user, onDone, onError }: AboutUser) {
  const { t } = useTranslation("settings");
  const unlinking = useMutation({
    mutationFn: () => api<typeof userRoutes.unlink>("users.openId.remove", { params: { id: user.id } }),
    onSettled: onDone,
    onError,
  });
  return (
    <Button
      variant="default"
      loading={unlinking.isPending}
      onClick={() => {
        // biome-ignore lint: a question that must be answered
        if (globalThis.confirm(t("users.unlinkAsk", { name: user.name }))) unlinking.mutate();
      }}
    >
      {t("users.unlink")}
    </Button>
  );
}

/** Removing a user asks: all of its sessions end, and nothing brings them back. */
function RemoveUser({ user, onDone, onError }: AboutUser) {
  const { t } = useTranslation("settings");
  const removing = useMutation({
    mutationFn: () =>
      api<typeof userRoutes.remove>("users.delete", { params: { id: user.id }, ifMatch: user.revision }),
    onSettled: onDone,
    onError,
  });
  return (
    <Button
      variant="default"
      loading={removing.isPending}
      onClick={() => {
        // biome-ignore lint: a question that must be answered
        if (globalThis.confirm(t("users.removeAsk", { name: user.name }))) removing.mutate();
      }}
    >
      {t("users.remove")}
    </Button>
  );
}
