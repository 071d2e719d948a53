import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { Family } from "../config/listeners.ts";
import { canonicalIp } from "../lib/ip-address.ts";
import { systemClock, type Timer } from "../runtime/clock.ts";

/** A server on the Internet that the operator named. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

const ANSWER_MS = 3000;
/** A lost packet is no fault: asked again meanwhile. */
const AGAIN_MS = 1000;

/** A request as it was sent. */
interface Sent {
  readonly octets: Buffer;
  /** When, by the monotonic clock: what was looked up before does not count. */
  readonly atMs: number;
}

interface Question<T> {
  /** The next request: each has a number of its own, so that an answer is laid beside the one that it is for. */
  readonly make: () => Buffer;
  /** Undefined: it is no answer to this request. */
  readonly read: (answer: Buffer, sent: Sent) => T | undefined;
  /** Whether to ask over IPv4 or IPv6; left out: as the name leads there. */
  readonly family?: Family | undefined;
}

/** Asks by UDP until an answer comes that is understood; undefined: none came, or there is no such host. */
async function ask<T>({ host, port }: Place, { make, read, family }: Question<T>): Promise<T | undefined> {
  const address = await lookup(host, { family: family ?? 0 }).catch(() => undefined);
  if (address === undefined) return undefined;
  const socket = createSocket(address.family === 6 ? "udp6" : "udp4");
  const over = AbortSignal.timeout(ANSWER_MS);
  const sent: Sent[] = [];
  let again: Timer | undefined;
  const send = (): void => {
    const octets = make();
    sent.push({ octets, atMs: systemClock.now() });
    socket.send(octets, port, address.address, () => {});
    again = systemClock.after(AGAIN_MS, send);
  };
  try {
    send();
    for (;;) {
      const [answer] = (await once(socket, "message", { signal: over })) as [Buffer];
      for (const one of sent) {
        const found = read(answer, one);
        if (found !== undefined) return found;
      }
    }
  } catch {
    return undefined;
  } finally {
    again?.cancel();
    socket.close();
  }
}

const COOKIE = 0x2112_a442;
const HEADER_OCTETS = 20;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const XOR_MAPPED_ADDRESS = 0x0020;

/** The address from which a STUN server sees this machine (RFC 8489 §2); undefined: it did not say. */
export function addressSeenBy(server: Place, family?: Family): Promise<string | undefined> {
  const make = (): Buffer => {
    const request = Buffer.alloc(HEADER_OCTETS);
    request.writeUInt16BE(BINDING_REQUEST, 0);
    request.writeUInt32BE(COOKIE, 4);
    randomBytes(12).copy(request, 8);
    return request;
  };
  const read = (answer: Buffer, { octets }: Sent): string | undefined => {
    const isOurs = answer.length >= HEADER_OCTETS && answer.subarray(4, 20).equals(octets.subarray(4, 20));
    return isOurs && answer.readUInt16BE(0) === BINDING_SUCCESS ? mappedAddress(answer) : undefined;
  };
  return ask(server, { make, read, family });
}

/** RFC 8489 §14.2: the address is masked with the cookie and the transaction's number, which follow each other in the header. */
function mappedAddress(answer: Buffer): string | undefined {
  for (let at = HEADER_OCTETS; at + 4 <= answer.length; ) {
    const [type, length] = [answer.readUInt16BE(at), answer.readUInt16BE(at + 2)];
    const value = answer.subarray(at + 8, at + 4 + length);
    if (type === XOR_MAPPED_ADDRESS && (value.length === 4 || value.length === 16)) {
      const octets = value.map((octet, nth) => octet ^ (answer[4 + nth] ?? 0));
      if (value.length === 4) return octets.join(".");
      const words = Array.from({ length: 8 }, (_none, nth) => Buffer.from(octets).readUInt16BE(2 * nth));
      return canonicalIp(words.map((word) => word.toString(16)).join(":"));
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return undefined;
}

const NTP_OCTETS = 48;
/** No leap warning, version 4, from a client. */
const NTP_CLIENT = 0x23;
const NTP_SERVER_MODE = 4;
/** Seconds from 1900, from which NTP counts, to 1970. */
const NTP_EPOCH_S = 2_208_988_800;
/** From one rollover of NTP's 32 bits to the next. */
const ERA_S = 2 ** 32;

/**
 * How far a clock is ahead of that of an NTP server, in milliseconds (RFC 5905 §8, as a client of SNTP); undefined: it did not
 * say. The time is told to nobody: what the server has to repeat is a number of chance.
 */
export function clockAheadOf(server: Place, now: () => number): Promise<number | undefined> {
  const make = (): Buffer => {
    const request = Buffer.alloc(NTP_OCTETS);
    request[0] = NTP_CLIENT;
    randomBytes(8).copy(request, 40);
    return request;
  };
  const read = (answer: Buffer, { octets, atMs }: Sent): number | undefined => {
    const heardAt = now();
    if (answer.length < NTP_OCTETS || !answer.subarray(24, 32).equals(octets.subarray(40, 48)))
      return undefined;
    const stratum = answer[1] ?? 0;
    // Stratum 0 is a "kiss of death", 16 a server that does not know the time itself.
    if (((answer[0] ?? 0) & 7) !== NTP_SERVER_MODE || stratum === 0 || stratum > 15) return undefined;
    const [came, left] = [ntpTime(answer, 32, heardAt), ntpTime(answer, 40, heardAt)];
    const askedAt = heardAt - (systemClock.now() - atMs);
    return -(came - askedAt + (left - heardAt)) / 2;
  };
  return ask(server, { make, read });
}

/** In milliseconds since 1970, in the era that is nearest to a time. */
function ntpTime(answer: Buffer, at: number, near: number): number {
  const seconds = answer.readUInt32BE(at) - NTP_EPOCH_S;
  const era = Math.round((near / 1000 - seconds) / ERA_S);
  return (seconds + era * ERA_S + answer.readUInt32BE(at + 4) / ERA_S) * 1000;
}
