import { Button, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role } from "../../../../src/api/contract/role.ts";
import type { UserEntry, userRoutes } from "../../../../src/api/contract/users.ts";
import { ErrorState } from "../../components/states.tsx";
import { useToast } from "../../components/toast.tsx";
import { api } from "../../lib/api.ts";
import { ago, clockTime } from "../../lib/format.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import { AddByName, type NamedRole } from "./add-by-name.tsx";
import { type RoleChoice, useRoleChoices } from "./role-choices.ts";
import style from "./settings.module.css";

/** Who may sign in, and what they may do. */
export function Users() {
  const { t } = useTranslation("settings");
  const whyNot = useWhyNot();
  const client = useQueryClient();
  const toast = useToast();
  const roles = useRoleChoices();
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
  const onError = (error: Error): void => toast({ text: whyNot(error), tone: "bad" });
  const adding = useMutation({
    mutationFn: (body: NamedRole) => api<typeof userRoutes.create>("users.create", { body }),
    onSuccess: async (_, { name }) => {
      toast({ text: t("users.added", { name }) });
      await again();
    },
    onError,
  });
  const linking = useMutation({
    mutationFn: (user: UserEntry) => api<typeof userRoutes.link>("users.link", { params: { id: user.id } }),
    onSuccess: ({ path, expiresAt }, user) =>
      setLink({ name: user.name, address: location.origin + path, until: expiresAt }),
    onError,
  });
  if (users.error !== null) return <ErrorState error={users.error} onRetry={() => void users.refetch()} />;
  return (
    <>
      <AddByName
        label={t("users.name")}
        button={t("users.add")}
        first="editor"
        isPending={adding.isPending}
        add={adding.mutate}
      />
      {link === undefined ? undefined : (
        <output className={style["once"]}>
          {t("users.linkIs", { name: link.name, time: clockTime(link.until) })}
          <code>{link.address}</code>
        </output>
      )}
      <ul>
        {(users.data?.items ?? []).map((user) => (
          <UserRow
            key={user.id}
            user={user}
            roles={roles}
            onLink={() => linking.mutate(user)}
            onDone={again}
            onError={onError}
          />
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

interface UserRowProps extends AboutUser {
  readonly roles: readonly RoleChoice[];
  readonly onLink: () => void;
}

/** What somebody may do, and what can be done about it. */
function UserRow({ user, roles, onLink, onDone, onError }: UserRowProps) {
  const { t } = useTranslation("settings");
  const changing = useMutation({
    mutationFn: (role: Role) =>
      api<typeof userRoutes.change>("users.change", {
        params: { id: user.id },
        ifMatch: user.revision,
        body: { role },
      }),
    onSettled: onDone,
    onError,
  });
  return (
    <li className={style["row"]}>
      <span>
        {user.name}
        <small>
          {user.lastSeenAt === null ? t("users.never") : t("users.seen", { time: ago(user.lastSeenAt) })}
          {user.secondFactor ? ` · ${t("users.factor")}` : ""}
          {user.openId ? ` · ${t("users.openId")}` : ""}
        </small>
      </span>
      <Select
        aria-label={`${t("users.role")}: ${user.name}`}
        data={roles}
        value={user.role}
        onChange={(to) => changing.mutate(to ?? user.role)}
      />
      <Button variant="default" onClick={onLink}>
        {t("users.link")}
      </Button>
      {user.openId ? <UnlinkUser user={user} onDone={onDone} onError={onError} /> : undefined}
      <RemoveUser user={user} onDone={onDone} onError={onError} />
    </li>
  );
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
