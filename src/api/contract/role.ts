import { z } from "zod";
import type { Doer } from "../../model/audit.ts";
import { ROLES, type Role } from "../../model/role.ts";

export { mayAs, ROLES, type Role } from "../../model/role.ts";

export const roleSchema = z.enum(ROLES);

/** Who asks. */
export interface Actor {
  /** As the audit log and `changedBy` show it. */
  readonly name: string;
  readonly role: Role;
  /** `local`: a command beside the data folder. */
  readonly via: "token" | "session" | "local";
}

/** Who asks, and from where: what a change that is asked for is written down under. */
export interface Asker extends Actor, Doer {}
