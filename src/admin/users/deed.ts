import type { AccountDeed, AuditEntry, AuditedDetail, Doer } from "../../model/audit.ts";
import type { AccountParts } from "./parts.ts";

/** What was done, to whom or what, and how it was and is. */
export interface Deed {
  readonly what: AccountDeed;
  readonly about?: string | undefined;
  readonly details?: readonly AuditedDetail[];
}

/** What the audit log says of it (docs/adr/0079). */
export function entryOf({ wall }: Pick<AccountParts, "wall">, by: Doer, deed: Deed): AuditEntry {
  return {
    at: wall(),
    by: by.name,
    from: by.address,
    version: undefined,
    changes: [],
    ...deed,
  };
}

/** The fields that differ, before and after. */
export function differing<Name extends string>(
  before: Readonly<Record<Name, string>> | undefined,
  after: Readonly<Record<Name, string>> | undefined,
): readonly AuditedDetail[] {
  const names = Object.keys(after ?? before ?? {}) as Name[];
  return names
    .filter((name) => before?.[name] !== after?.[name])
    .map((name) => ({ name, before: before?.[name], after: after?.[name] }));
}
