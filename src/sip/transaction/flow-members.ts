import type { Flow } from "../transport/transport.ts";
import type { Transaction } from "./transaction.ts";

/**
 * The transactions of each connection, so that those of a broken one fail at once. Datagram flows never close,
 * so they are not kept.
 */
export class FlowMembers {
  readonly #flows = new Map<Flow, Set<Transaction>>();

  add(transaction: Transaction): void {
    const { flow } = transaction;
    if (!flow.reliable) return;
    const members = this.#flows.get(flow);
    if (members === undefined) this.#flows.set(flow, new Set([transaction]));
    else members.add(transaction);
  }

  delete(transaction: Transaction): void {
    const { flow } = transaction;
    if (!flow.reliable) return;
    const members = this.#flows.get(flow);
    if (members === undefined) return;
    members.delete(transaction);
    if (members.size === 0) this.#flows.delete(flow);
  }

  /** A copy: failing one transaction may end or start others. */
  of(flow: Flow): readonly Transaction[] {
    return [...(this.#flows.get(flow) ?? [])];
  }

  clear(): void {
    this.#flows.clear();
  }
}
