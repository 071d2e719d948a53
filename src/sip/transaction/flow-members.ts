import { Registry } from "../../lib/registry.ts";
import type { Flow } from "../transport/transport.ts";
import type { Transaction } from "./transaction.ts";

/**
 * The transactions of each connection, so that those of a broken one fail at once. Datagram flows never close,
 * so they are not kept.
 */
export class FlowMembers {
  /** By kind and key: those of a client and of a server may be the same. */
  readonly #flows = new Map<Flow, Registry<string, Transaction>>();

  add(transaction: Transaction): void {
    const { flow } = transaction;
    if (!flow.reliable) return;
    let members = this.#flows.get(flow);
    if (members === undefined) {
      members = new Registry();
      this.#flows.set(flow, members);
    }
    members.set(placeOf(transaction), transaction);
  }

  delete(transaction: Transaction): void {
    const { flow } = transaction;
    if (!flow.reliable) return;
    const members = this.#flows.get(flow);
    if (members === undefined) return;
    const place = placeOf(transaction);
    // A CANCEL that was sent once more has the key of the first, whose place it may have taken.
    if (members.get(place) === transaction) members.delete(place);
    if (members.size === 0) this.#flows.delete(flow);
  }

  /** A copy: failing one transaction may end or start others. */
  of(flow: Flow): readonly Transaction[] {
    return [...(this.#flows.get(flow)?.values() ?? [])];
  }

  clear(): void {
    this.#flows.clear();
  }
}

function placeOf({ kind, key }: Transaction): string {
  return `${kind} ${key}`;
}
