import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role } from "../../../../src/api/contract/role.ts";
import { useRoleChoices } from "./role-choices.ts";
import style from "./settings.module.css";

/** Who or what is added. */
export interface NamedRole {
  readonly name: string;
  readonly role: Role;
}

/** A line that adds somebody, or a program, by a name and what it may do. */
export function AddByName({
  label,
  button,
  first,
  isPending,
  add,
}: {
  readonly label: string;
  readonly button: string;
  /** The role that is offered first. */
  readonly first: Role;
  readonly isPending: boolean;
  readonly add: (wanted: NamedRole, then: { readonly onSuccess: () => void }) => void;
}) {
  const { t } = useTranslation("settings");
  const roles = useRoleChoices();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>(first);
  return (
    <form
      className={style["add"]}
      onSubmit={(event) => {
        event.preventDefault();
        add({ name, role }, { onSuccess: () => setName("") });
      }}
    >
      <TextInput label={label} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Select
        label={t("users.role")}
        data={roles}
        value={role}
        onChange={(value) => setRole(value ?? "viewer")}
      />
      <Button type="submit" disabled={name.trim() === ""} loading={isPending}>
        {button}
      </Button>
    </form>
  );
}
