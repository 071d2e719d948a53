/** What a person or a token may do; each role may do all that the ones before it may. */
export const ROLES = ["viewer", "operator", "editor", "administrator"] as const;

export type Role = (typeof ROLES)[number];

/** Whether somebody of this role may do what asks for at least the other one: the one rule of who may what (docs/adr/0073). */
export function mayAs(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}
