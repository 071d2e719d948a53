import type { Role } from "../../../src/api/contract/role.ts";
import type { KindName } from "../../../src/model/entities/kinds.ts";

/** What a person may do; each role may do all that the ones before it may. */
export const ROLES: readonly Role[] = ["viewer", "operator", "editor", "administrator"];

/** The least role that may save a thing of a kind, as the routes have it (src/api/contract/entities.ts). */
export function leastRoleOf(kind: KindName): Role {
  return kind === "settings" ? "administrator" : "editor";
}
