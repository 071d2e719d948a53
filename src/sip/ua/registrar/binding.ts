import type { Clock } from "../../../runtime/clock.ts";
import { type Params, parseParams } from "../../message/params.ts";
import { formatUri, isSipUri, parseUri, type SipUri } from "../../message/uri.ts";
import type { Flow, Target, TransportKind } from "../../transport/transport.ts";

/** Where a phone has said that it is: one contact of one address of record (RFC 3261 §10.3). */
export interface Binding {
  readonly extension: string;
  /** Tells the bindings of one phone apart. */
  readonly key: string;
  /** As registered, URI parameters and headers included (RFC 4475 §3.3.13, §3.3.14). */
  readonly uri: SipUri;
  /** The Contact's header parameters but `expires`: they are not the URI's (RFC 4475 §3.3.12). */
  readonly params: Params;
  /** Preference, 0 to 1. */
  readonly q: number;
  /** Monotonic milliseconds. */
  readonly expiresAt: number;
  readonly registeredAt: number;
  readonly callId: string;
  readonly cseq: number;
  /** Path values, topmost first: the Route of every request to this contact (RFC 3327 §5.1). */
  readonly path: readonly string[];
  readonly userAgent: string | undefined;
  /** Where the REGISTER really came from, which behind NAT is not what the Contact says. */
  readonly source: Target;
  /** The way back to it; undefined after a restart for a stream. Open: see `isReachable`. */
  readonly flow: Flow | undefined;
}

/** Whether a request can be sent to the binding now. A closed stream comes back only with the next REGISTER. */
export function isReachable(binding: Binding): binding is Binding & { readonly flow: Flow } {
  return binding.flow?.open === true;
}

/**
 * Where a call to the phone goes: of the flows of one instance the first that is open, in their order (RFC 5626 §6: two
 * flows are two ways to one phone, which is not to ring twice).
 */
export function onceEach(bindings: readonly Binding[]): readonly Binding[] {
  const taken = new Map<string, Binding>();
  for (const binding of bindings) {
    const flow = binding.params.has("reg-id") ? binding.params.get("+sip.instance") : undefined;
    const id = flow ?? binding.key;
    const known = taken.get(id);
    if (known === undefined || (!isReachable(known) && isReachable(binding))) taken.set(id, binding);
  }
  return [...taken.values()];
}

/**
 * The Request-URI for a request to the binding: without the headers that the Contact may carry, which would let
 * a phone put a Route into our requests (RFC 3261 §19.1.1; RFC 4475 §3.3.14), and without `method`.
 */
export function requestUriOf(binding: Binding): string {
  const { uri } = binding;
  if (uri.headers === undefined && !uri.params.has("method")) return formatUri(uri);
  return formatUri({ ...uri, params: uri.params.without("method"), headers: undefined });
}

/**
 * The key of a contact: the instance with its flow number where the phone gives both, so that a phone that
 * comes back from another address takes its own place again (RFC 5626 §6), else the URI.
 */
export function bindingKey(uri: SipUri, params: Params): string {
  const instance = params.get("+sip.instance");
  const regId = params.get("reg-id");
  return instance !== undefined && regId !== undefined ? `${instance}#${regId}` : formatUri(uri);
}

/** A row of the store (the shape of model/repositories.ts, which a SIP room may not know). */
export interface BindingRow {
  readonly extension: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly binding: unknown;
}

/** What the store has to do to be like the location service again. */
export type BindingRowChange =
  | { readonly type: "set"; readonly row: BindingRow }
  | { readonly type: "remove"; readonly extension: string; readonly key: string };

/** The binding as plain data that survives JSON. */
export function toRow(binding: Binding, clock: Clock): BindingRow {
  return {
    extension: binding.extension,
    key: binding.key,
    expiresAt: Math.round(clock.wall() + binding.expiresAt - clock.now()),
    binding: {
      uri: formatUri(binding.uri),
      params: binding.params.toString(),
      q: binding.q,
      callId: binding.callId,
      cseq: binding.cseq,
      path: binding.path,
      userAgent: binding.userAgent,
      source: binding.source,
    },
  };
}

/**
 * The binding of a row; undefined when it has expired or is not of our making. `flowTo` gives a datagram's way
 * back; a stream is gone with the process that had it.
 */
export function fromRow(
  row: BindingRow,
  clock: Clock,
  flowTo: (target: Target) => Flow | undefined,
): Binding | undefined {
  const now = clock.now();
  const leftMs = row.expiresAt - clock.wall();
  const { binding } = row;
  if (!(leftMs > 0) || typeof binding !== "object" || binding === null) return undefined;
  const { uri, params, q, callId, cseq, path, userAgent, source } = binding as Readonly<
    Record<string, unknown>
  >;
  const parsedUri = parseUri(text(uri));
  const parsedParams = parseParams(text(params));
  const target = asTarget(source);
  if (!parsedUri.ok || !isSipUri(parsedUri.value) || !parsedParams.ok || target === undefined)
    return undefined;
  return {
    extension: row.extension,
    key: row.key,
    uri: parsedUri.value,
    params: parsedParams.value,
    q: typeof q === "number" ? q : 1,
    expiresAt: now + leftMs,
    registeredAt: now,
    callId: text(callId),
    cseq: typeof cseq === "number" ? cseq : 0,
    path: Array.isArray(path) ? path.map(text) : [],
    userAgent: typeof userAgent === "string" ? userAgent : undefined,
    source: target,
    flow: target.transport === "udp" ? flowTo(target) : undefined,
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const KINDS: ReadonlySet<unknown> = new Set<TransportKind>(["udp", "tcp", "tls", "ws", "wss"]);

function asTarget(value: unknown): Target | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { transport, host, port } = value as Readonly<Record<string, unknown>>;
  if (!KINDS.has(transport) || typeof host !== "string" || typeof port !== "number") return undefined;
  return { transport: transport as TransportKind, host, port };
}
