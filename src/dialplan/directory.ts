import type { CallerIdForwarding } from "./command.ts";

/** Members of a group ring all at once, or one after the other. `smart` needs a call history and is not there yet. */
export type GroupStrategy = "all" | "inOrder" | "smart";

export interface DirectoryGroup {
  readonly name: string;
  /** Extensions of phones. */
  readonly members: readonly string[];
  readonly strategy: GroupStrategy;
}

/**
 * What a plan may refer to: plain data that the shell's snapshot satisfies as it is. Compiling and walking take
 * the same directory, so what was checked is what is looked up.
 */
export interface Directory {
  /** `country`: ISO 3166 code, by which national numbers are read. */
  readonly home: { readonly country: string };
  /** `dialCountries`: ISO 3166 codes that may be dialled. */
  readonly security: { readonly dialCountries: readonly string[] };
  /** By extension. */
  readonly phones: ReadonlyMap<string, { readonly name: string }>;
  /** By extension. */
  readonly groups: ReadonlyMap<string, DirectoryGroup>;
  /** By name. */
  readonly webhooks: ReadonlyMap<string, { readonly callerIdForwarding: CallerIdForwarding }>;
}
