import { parseQ } from "./header.ts";
import type { Contact } from "./name-addr.ts";

/**
 * Contacts as whoever named them prefers them: by their q, the highest first (RFC 3261 §8.1.3.4); 1 where it is left out or
 * cannot be read. Those with the same stay in their order.
 */
export function byPreference(contacts: readonly Contact[]): readonly Contact[] {
  return contacts.toSorted((a, b) => qOf(b) - qOf(a));
}

function qOf({ params }: Contact): number {
  const q = parseQ(params.get("q") ?? "1");
  return q.ok ? q.value : 1;
}
