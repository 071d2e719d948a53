import { readFileSync } from "node:fs";
import type { AuditEntry, Doer } from "../../model/audit.ts";
import type { Repositories } from "../../model/repositories.ts";
import type { AccountChange } from "../../model/users.ts";
import { hashOf } from "../apply.ts";

/** Who has something brought back, and how. */
export interface Signing {
  /** What the audit log calls it. */
  readonly what: string;
  readonly by: Doer;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The company file that a start applies. */
  readonly applyFile: string | undefined;
}

/**
 * Writes into a database that is to come into force what it has to know: who brought it back, and what must not come back with
 * it. Rejects when it cannot be written.
 */
export async function signDatabase(
  { accounts, company }: Pick<Repositories, "accounts" | "company">,
  signing: Signing,
): Promise<void> {
  const { sessions, links } = await accounts.load();
  // Who was signed in at that time need not be there any more: everybody shows a password again.
  const over: readonly AccountChange[] = [
    ...sessions.map(({ hash }) => ({ type: "dropSession", hash }) as const),
    ...links.map(({ hash }) => ({ type: "dropLink", hash }) as const),
  ];
  await accounts.apply(over, [entryOf(signing.what, signing.by, signing.at)]);
  await noteApplied(company, signing);
}

/** The file of `--apply` is none that is new to what is restored: the start must not put it over that. */
async function noteApplied(
  company: Repositories["company"],
  { applyFile: file, by, at }: Signing,
): Promise<void> {
  if (file === undefined) return;
  const hash = hashOf(readFileSync(file, "utf8"));
  if (await company.wasApplied(hash)) return;
  const { kept } = await company.load();
  const applied = kept ?? { file, appliedAt: at, appliedBy: by.name };
  await company.noteApplied({ ...applied, hash, keeps: kept !== undefined, isAll: false });
}

/** An entry of the audit log about a restore. */
export function entryOf(what: string, by: Doer, at: number): AuditEntry {
  return { at, by: by.name, what, version: undefined, changes: [], from: by.address };
}
