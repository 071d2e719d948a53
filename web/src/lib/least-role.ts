import type { Role } from "../../../src/api/contract/role.ts";
import type { KindName } from "../../../src/model/entities/kinds.ts";

/** The least role that may save a thing of a kind, as the routes have it (src/api/contract/entities.ts). */
export function leastRoleOf(kind: KindName): Role {
  return kind === "settings" ? "administrator" : "editor";
}
