import { err, ok, type Result } from "../../../lib/result.ts";
import type { Clock, Timer } from "../../../runtime/clock.ts";
import type { Params } from "../../message/params.ts";
import { type SipUri, uriEquals } from "../../message/uri.ts";
import { sourceKey } from "../../transport/address.ts";
import type { Flow, HostPort, Target, TransportKind } from "../../transport/transport.ts";
import {
  type Binding,
  type BindingRow,
  type BindingRowChange,
  bindingKey,
  fromRow,
  isReachable,
  toRow,
} from "./binding.ts";

/** One contact of a REGISTER. */
export interface ContactUpdate {
  readonly uri: SipUri;
  /** Header parameters without `expires`. */
  readonly params: Params;
  readonly q: number;
  /** 0 removes the binding. */
  readonly expiresSeconds: number;
}

/** What one REGISTER asks for; `*` removes everything (RFC 3261 §10.2.2). */
export interface RegistrationUpdate {
  readonly contacts: "*" | readonly ContactUpdate[];
  readonly callId: string;
  readonly cseq: number;
  readonly path: readonly string[];
  readonly userAgent: string | undefined;
  readonly flow: Flow;
}

/** `outOfOrder`: an older REGISTER of the same Call-ID (RFC 3261 §10.3 item 7). Nothing has changed. */
export type LocationFault = "outOfOrder" | "tooManyContacts";

export interface LocationPorts {
  readonly clock: Clock;
  readonly flowTo: (target: Target) => Flow | undefined;
  /** Every change, in order, for whoever keeps them over a restart. */
  readonly onChange?: (changes: readonly BindingRowChange[]) => void;
  readonly maxContactsPerPhone?: number;
}

/** The location service: which contacts each phone has registered (RFC 3261 §10). */
export interface Location {
  /** Applies a REGISTER as a whole or not at all; the phone's bindings afterwards. */
  update(extension: string, update: RegistrationUpdate): Result<readonly Binding[], LocationFault>;
  /** The phone's unexpired bindings, highest q first, then the latest; those that cannot be reached included. */
  lookup(extension: string): readonly Binding[];
  /** How many contacts are registered from this IP literal, in IPv6 from its /64. */
  countAt(address: string): number;
  /** Whether a contact is registered by this very flow, or is where its phone says that it listens. */
  isFlow(transport: TransportKind, place: HostPort): boolean;
  /** Takes rows of an earlier process; how many are still good. Does not call `onChange`. */
  restore(rows: readonly BindingRow[]): number;
  /** Forgets a phone that is no longer configured. */
  remove(extension: string): void;
  /** Phones that have at least one binding, and how many. */
  extensions(): readonly string[];
  readonly phones: number;
  /** Bindings of all of them. */
  readonly size: number;
  close(): void;
}

const MAX_CONTACTS_PER_PHONE = 10;
/** Who has spoken on a stream since then may still be at it. */
const LEFT_MS = 2_000;
/** A nonce is taken for so long (reliability B5). */
const LATE_MS = 60_000;
/** Expired bindings are never handed out; this is how often their memory is looked through at most. */
const SWEEP_MS = 1_000;

/** The location service (RFC 3261 §10): which contacts each phone has; times on the clock of its ports. */
export function createLocation(ports: LocationPorts): Location {
  return new LocationTable(ports);
}

class LocationTable implements Location {
  readonly #ports: LocationPorts;
  readonly #maxContacts: number;
  readonly #bindings = new Map<string, readonly Binding[]>();
  /** How many bindings came from an address, and by a flow. */
  readonly #sources = new Map<string, number>();
  readonly #flows = new Map<string, number>();
  #size = 0;
  #sweep: { readonly at: number; readonly timer: Timer } | undefined;
  #closed = false;

  constructor(ports: LocationPorts) {
    this.#ports = ports;
    this.#maxContacts = ports.maxContactsPerPhone ?? MAX_CONTACTS_PER_PHONE;
  }

  get phones(): number {
    return this.#bindings.size;
  }

  get size(): number {
    return this.#size;
  }

  lookup(extension: string): readonly Binding[] {
    const bindings = this.#bindings.get(extension);
    if (bindings === undefined) return [];
    const now = this.#ports.clock.now();
    return bindings.every((binding) => binding.expiresAt > now)
      ? bindings
      : bindings.filter((binding) => binding.expiresAt > now);
  }

  update(extension: string, update: RegistrationUpdate): Result<readonly Binding[], LocationFault> {
    const before = this.#bindings.get(extension) ?? [];
    const live = this.lookup(extension);
    const { contacts } = update;
    const planned =
      contacts === "*"
        ? removeAll(live, update, this.#ports.clock.now())
        : this.#plan(extension, live, update, contacts);
    if (!planned.ok) return planned;
    this.#put(extension, planned.value.sort(byPreference));
    this.#tell(before, planned.value);
    this.#leave(before, update.flow);
    return ok(this.lookup(extension));
  }

  /**
   * A phone that has registered on another stream speaks there from now on (RFC 5626 §5.3). The one before, by which nobody else is
   * registered, is a dead one as a rule, and what waits on it, a CANCEL say, takes the other.
   */
  #leave(before: readonly Binding[], present: Flow): void {
    for (const { flow, source } of before) {
      if (flow === undefined || flow === present || this.isFlow(source.transport, source)) continue;
      flow.endIfSilent?.(this.#ports.clock.now() - LEFT_MS);
    }
  }

  countAt(address: string): number {
    return this.#sources.get(sourceKey(address)) ?? 0;
  }

  isFlow(transport: TransportKind, place: HostPort): boolean {
    return this.#flows.has(flowKey(transport, place));
  }

  restore(rows: readonly BindingRow[]): number {
    let restored = 0;
    for (const row of rows) {
      const binding = fromRow(row, this.#ports.clock, this.#ports.flowTo);
      if (binding === undefined) continue;
      const others = this.lookup(row.extension).filter((other) => other.key !== row.key);
      // What has registered meanwhile is newer than any row.
      if (others.length < this.lookup(row.extension).length || others.length >= this.#maxContacts) continue;
      this.#put(row.extension, [...others, binding].sort(byPreference));
      restored += 1;
    }
    return restored;
  }

  remove(extension: string): void {
    const before = this.#bindings.get(extension) ?? [];
    this.#put(extension, []);
    this.#tell(before, []);
  }

  extensions(): readonly string[] {
    return [...this.#bindings.keys()];
  }

  close(): void {
    this.#closed = true;
    this.#sweep?.timer.cancel();
    this.#sweep = undefined;
  }

  /** The bindings as they would be after the update (RFC 3261 §10.3 item 7). */
  #plan(
    extension: string,
    before: readonly Binding[],
    update: RegistrationUpdate,
    contacts: readonly ContactUpdate[],
  ): Result<Binding[], LocationFault> {
    const now = this.#ports.clock.now();
    let after = [...before];
    for (const contact of contacts) {
      if (before.some((old) => matches(old, contact) && isOlder(update, old, now))) return err("outOfOrder");
      after = after.filter(
        (old) => !matches(old, contact) && !(before.includes(old) && isSameDevice(old, contact)),
      );
      if (contact.expiresSeconds > 0) after.push(this.#bind(extension, update, contact));
    }
    return this.#fit(before, after) ? ok(after) : err("tooManyContacts");
  }

  #bind(extension: string, update: RegistrationUpdate, contact: ContactUpdate): Binding {
    const now = this.#ports.clock.now();
    const { transport, remote } = update.flow;
    return {
      extension,
      key: bindingKey(contact.uri, contact.params),
      uri: contact.uri,
      params: contact.params,
      q: contact.q,
      expiresAt: now + contact.expiresSeconds * 1_000,
      registeredAt: now,
      callId: update.callId,
      cseq: update.cseq,
      path: update.path,
      userAgent: update.userAgent,
      source: { transport, host: remote.host, port: remote.port },
      flow: update.flow,
    };
  }

  /**
   * Makes room for a phone that comes back from new ports: contacts that cannot be reached go first, then the oldest. The
   * newest contact always wins; only one request with more contacts than there may be is refused.
   */
  #fit(before: readonly Binding[], after: Binding[]): boolean {
    const oldestFirst = [...before].sort((a, b) => a.registeredAt - b.registeredAt);
    for (const old of [...oldestFirst.filter((one) => !isReachable(one)), ...oldestFirst]) {
      if (after.length <= this.#maxContacts) break;
      const place = after.indexOf(old);
      if (place !== -1) after.splice(place, 1);
    }
    return after.length <= this.#maxContacts;
  }

  #put(extension: string, after: readonly Binding[]): void {
    for (const binding of this.#bindings.get(extension) ?? []) this.#count(binding, -1);
    for (const binding of after) {
      this.#count(binding, 1);
      this.#schedule(binding.expiresAt);
    }
    if (after.length === 0) this.#bindings.delete(extension);
    else this.#bindings.set(extension, after);
  }

  #count({ source, uri }: Binding, by: 1 | -1): void {
    this.#size += by;
    count(this.#sources, sourceKey(source.host), by);
    count(this.#flows, flowKey(source.transport, source), by);
    // A phone on UDP may listen at another port than it registered from: it is called there, and answers from there.
    const { host, port = 5060 } = uri;
    if (source.transport === "udp" && host === source.host && port !== source.port)
      count(this.#flows, flowKey("udp", { host, port }), by);
  }

  #tell(before: readonly Binding[], after: readonly Binding[]): void {
    if (this.#ports.onChange === undefined) return;
    const changes: BindingRowChange[] = [];
    for (const { extension, key } of before) {
      if (!after.some((binding) => binding.key === key)) changes.push({ type: "remove", extension, key });
    }
    for (const binding of after) {
      if (!before.includes(binding)) changes.push({ type: "set", row: toRow(binding, this.#ports.clock) });
    }
    if (changes.length > 0) this.#ports.onChange(changes);
  }

  /** One timer for all bindings: it stands at the earliest expiry, but not more often than once in `SWEEP_MS`. */
  #schedule(expiresAt: number): void {
    if (this.#closed) return;
    const now = this.#ports.clock.now();
    const at = Math.max(expiresAt, now + SWEEP_MS);
    if (this.#sweep !== undefined) {
      if (this.#sweep.at <= at) return;
      this.#sweep.timer.cancel();
    }
    this.#sweep = { at, timer: this.#ports.clock.after(at - now, () => this.#expire()) };
  }

  #expire(): void {
    this.#sweep = undefined;
    const now = this.#ports.clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [extension, before] of this.#bindings) {
      const after = before.filter((binding) => binding.expiresAt > now);
      for (const { expiresAt } of after) next = Math.min(next, expiresAt);
      if (after.length === before.length) continue;
      this.#put(extension, after);
      this.#tell(before, after);
    }
    if (next < Number.POSITIVE_INFINITY) this.#schedule(next);
  }
}

function count(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}

function flowKey(transport: TransportKind, { host, port }: HostPort): string {
  return `${transport} ${port} ${host}`;
}

/**
 * RFC 3261 §10.3 item 7: what came late is not taken. A phone that was restarted may count anew under its old Call-ID (S12):
 * once nonces of that time are dead, what is authenticated now was asked for now.
 */
function isOlder(update: RegistrationUpdate, binding: Binding, now: number): boolean {
  const mayBeLate = now - binding.registeredAt <= LATE_MS;
  return mayBeLate && binding.callId === update.callId && update.cseq <= binding.cseq;
}

function removeAll(
  before: readonly Binding[],
  update: RegistrationUpdate,
  now: number,
): Result<Binding[], LocationFault> {
  return before.some((binding) => isOlder(update, binding, now)) ? err("outOfOrder") : ok([]);
}

function matches(binding: Binding, contact: ContactUpdate): boolean {
  return binding.key === bindingKey(contact.uri, contact.params) || uriEquals(binding.uri, contact.uri);
}

/** A device that says which it is, without flow numbers of its own, has one contact: its last one. */
function isSameDevice({ params }: Binding, contact: ContactUpdate): boolean {
  const instance = contact.params.get("+sip.instance");
  if (instance === undefined || contact.params.has("reg-id") || params.has("reg-id")) return false;
  return params.get("+sip.instance") === instance;
}

function byPreference(a: Binding, b: Binding): number {
  return b.q - a.q || b.registeredAt - a.registeredAt;
}
