import { useTranslation } from "react-i18next";
import type { Role } from "../../../../src/api/contract/role.ts";
import { ROLES } from "../../lib/roles.ts";

export interface RoleChoice {
  readonly value: Role;
  readonly label: string;
}

/** The roles as a person chooses among them, the least first. */
export function useRoleChoices(): readonly RoleChoice[] {
  const { t } = useTranslation("settings");
  return ROLES.map((value) => ({ value, label: t(`roleShort.${value}`) }));
}
