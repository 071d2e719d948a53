import type { Result } from "../lib/result.ts";

/** Why a name has no addresses. */
export type NameFailure =
  | { readonly code: "nameNotFound" }
  | { readonly code: "nameServerFailed"; readonly detail: string }
  | { readonly code: "nameTimeout" };

/** One answer: addresses in the order to try, and how long they may be remembered. */
export interface NameAnswer {
  readonly addresses: readonly string[];
  /** Seconds; 0: not at all. */
  readonly ttl: number;
}

/** Looks up host names. Never rejects. Tests put a rebinding one here (test/fakes/dns-server.ts). */
export interface NameResolver {
  resolve(name: string): Promise<Result<NameAnswer, NameFailure>>;
}
