import type { Doer } from "../../src/model/audit.ts";

/** Somebody who changes something, from no address that a test looks at. */
export function person(name: string): Doer {
  return { name, address: undefined };
}
