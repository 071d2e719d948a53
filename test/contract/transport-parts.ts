import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type CounterStore, createCounters } from "../../src/lib/counters.ts";
import type { Said } from "../../src/lib/said.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { randomIds } from "../../src/runtime/ids.ts";
import { buildRequest, withTopVia } from "../../src/sip/message/build.ts";
import type { SipMessage, SipRequest } from "../../src/sip/message/message.ts";
import type { ParseFault } from "../../src/sip/message/parser.ts";
import { createGuard, type Guard } from "../../src/sip/transport/guard.ts";
import type { GuardLimits } from "../../src/sip/transport/guard-limits.ts";
import { type OpenTransports, openTransports, type TransportOptions } from "../../src/sip/transport/layer.ts";
import type { Acquaintances } from "../../src/sip/transport/sources.ts";
import type { Flow, Transport, TransportHandler } from "../../src/sip/transport/transport.ts";

/** A handler that notes what it hears. */
export class Ear implements TransportHandler {
  readonly heard: { readonly message: SipMessage; readonly flow: Flow }[] = [];
  readonly faults: ParseFault[] = [];
  readonly closed: { readonly flow: Flow; readonly reason: string }[] = [];
  /** What else to do with a message. */
  react: (message: SipMessage, flow: Flow) => void = () => {};

  constructor(transport: Transport) {
    transport.handle(this);
  }

  onMessage(message: SipMessage, flow: Flow): void {
    this.heard.push({ message, flow });
    this.react(message, flow);
  }

  onFault(fault: ParseFault): void {
    this.faults.push(fault);
  }

  onFlowClosed(flow: Flow, { text: reason }: Said): void {
    this.closed.push({ flow, reason });
  }
}

export interface Station {
  readonly transport: OpenTransports;
  readonly ear: Ear;
  readonly counters: CounterStore;
  readonly guard: Guard;
  /** What was logged, as `warn: text`. */
  readonly logged: string[];
}

export type StationOptions = Partial<TransportOptions> & {
  readonly listen: TransportOptions["listen"];
  /** Whether an address is a trunk's. */
  readonly isKnown?: (address: string) => boolean;
  /** Takes the place of `isKnown`. */
  readonly known?: Acquaintances;
  readonly guardLimits?: Partial<GuardLimits>;
};

/** Real sockets with an ear on them; everyone is known unless a test says otherwise. */
export async function openStation(options: StationOptions): Promise<Station> {
  const { isKnown = () => true, guardLimits, ...rest } = options;
  const known: Acquaintances = options.known ?? {
    trunkAt: (address) => (isKnown(address) ? "carrier" : undefined),
    phonesAt: () => 0,
    isPhone: () => false,
  };
  const clock: Clock = options.clock ?? systemClock;
  const counters = createCounters();
  const guard = createGuard({
    clock,
    counters,
    known,
    ...(guardLimits === undefined ? {} : { limits: guardLimits }),
  });
  const logged: string[] = [];
  const note = (level: string) => (_: object, text: string) => {
    logged.push(`${level}: ${text}`);
  };
  const log = { warn: note("warn"), error: note("error") };
  const transport = await openTransports({ clock, counters, guard, ids: randomIds(), log, ...rest });
  return { transport, ear: new Ear(transport), counters, guard, logged };
}

/** Waits for a thing to come true; fails after five seconds with what it waited for. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await sleep(1);
  }
}

const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? []);

/** Why IPv6 cannot be tested on this machine, or false: it can. */
export const withoutIpv6: string | false = interfaces.some(({ address }) => address === "::1")
  ? false
  : "this machine has no IPv6 loopback";

/** Why nothing beside loopback can be tested, or false: it can. */
export const withoutNetwork: string | false = interfaces.some(
  ({ family, internal }) => family === "IPv4" && !internal,
)
  ? false
  : "this machine has no interface beside loopback";

let requests = 0;

/** An OPTIONS with a Via for the flow that it goes out on. */
export function optionsFor(
  flow: Flow,
  body = "",
  extra: readonly (readonly [string, string])[] = [],
): SipRequest {
  requests += 1;
  const request = buildRequest({
    method: "OPTIONS",
    uri: "sip:bob@example.org",
    headers: [
      ["Max-Forwards", "70"],
      ["From", "<sip:alice@example.org>;tag=a1"],
      ["To", "<sip:bob@example.org>"],
      ["Call-ID", `call-${requests}@example.org`],
      ["CSeq", `${requests} OPTIONS`],
      ...extra,
    ],
    body,
  });
  return withTopVia(
    request,
    `SIP/2.0/${flow.transport.toUpperCase()} ${flow.sentBy};branch=z9hG4bK-${requests};rport`,
  );
}

/** The same as text, for peers that write to a socket themselves. */
export function optionsText(
  options: { cseq?: number; via?: string; headers?: string; body?: string; userAgent?: string } = {},
): string {
  const {
    cseq = 1,
    via = "SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bK-t1;rport",
    headers = "",
    body = "",
    userAgent,
  } = options;
  const agent = userAgent === undefined ? "" : `User-Agent: ${userAgent}\r\n`;
  return (
    `OPTIONS sip:bob@example.org SIP/2.0\r\nVia: ${via}\r\nMax-Forwards: 70\r\n` +
    `From: <sip:alice@example.org>;tag=a1\r\nTo: <sip:bob@example.org>\r\nCall-ID: c1@example.org\r\n` +
    `CSeq: ${cseq} OPTIONS\r\n${agent}${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
