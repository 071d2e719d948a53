import type { CallerIdForwarding } from "./command.ts";

/** Members of a group ring all at once, or one after the other. `smart` needs a call history and is not there yet. */
export type GroupStrategy = "all" | "inOrder" | "smart";

export interface DirectoryGroup {
  readonly name: string;
  /** Extensions of phones. */
  readonly members: readonly string[];
  readonly strategy: GroupStrategy;
}

export interface DirectoryWebhook {
  readonly callerIdForwarding: CallerIdForwarding;
  /** Undefined: no code is asked for. */
  readonly ivr: WebhookIvr | undefined;
}

/** A code is asked for before the request (webhook.md, "use IVR"). Messages by name. */
export interface WebhookIvr {
  readonly timeoutMs: number;
  readonly attempts: number;
  /** Digits of the code, where that is fixed. */
  readonly codeLength: number | undefined;
  readonly startMessage: string | undefined;
  readonly incorrectMessage: string | undefined;
  readonly timeoutMessage: string | undefined;
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
  readonly webhooks: ReadonlyMap<string, DirectoryWebhook>;
  /** By name, those that come with the product included. */
  readonly audioMessages: ReadonlyMap<string, unknown>;
  /** By name. Checking takes documents for it, walking the compiled plans (`WalkDirectory`). */
  readonly plans: ReadonlyMap<string, unknown>;
}
