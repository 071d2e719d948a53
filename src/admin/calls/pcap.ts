import ipaddr from "ipaddr.js";
import type { CallRecord, SipTrace } from "../../model/call-record.ts";
import { timeline } from "../../model/timeline.ts";

// A capture file in the classic format (draft-ietf-opsawg-pcap): a header, then each message as the one UDP packet in
// which it would have come. LINKTYPE_RAW: packets begin with their IP header.

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const LINKTYPE_RAW = 101;
const SNAP_LENGTH = 65_535;
const UDP = 17;
const UDP_HEADER = 8;
const TTL = 64;
/** RFC 791 §3.1, RFC 8200 §3. */
const IP_HEADER = { 4: 20, 6: 40 } as const;
/** Our side where no message of ours names it by address (RFC 5737, RFC 3849). */
const US = { 4: "192.0.2.1", 6: "2001:db8::1" } as const;
const SIP_PORT = 5060;

interface Place {
  readonly family: 4 | 6;
  readonly octets: Buffer;
  readonly port: number;
}

/** The SIP messages of a call, in their order. Those of streams are written as datagrams too. */
export function pcapOf(record: CallRecord): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(MAGIC_MICROSECONDS, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(SNAP_LENGTH, 16);
  head.writeUInt32LE(LINKTYPE_RAW, 20);
  const messages = timeline(record).filter((entry) => entry.type === "sip");
  const ours = ownPlaces(messages);
  return Buffer.concat([
    head,
    ...messages.flatMap((message) => {
      const peer = placeOf(message.peer);
      if (peer === undefined) return [];
      const own = ours(peer.family);
      const [from, to] = message.direction === "in" ? [peer, own] : [own, peer];
      return [recordHead(record.startedAt, message, peer.family), packet(from, to, octetsOf(message))];
    }),
  ]);
}

function octetsOf({ octets, text }: SipTrace): Uint8Array {
  return octets ?? Buffer.from(text, "utf8");
}

/** What is longer than a packet may be is cut, and its length said. */
function recordHead(startedAt: number, message: SipTrace, family: 4 | 6): Buffer {
  const atUs = Math.round((startedAt + message.atMs) * 1000);
  const length = IP_HEADER[family] + UDP_HEADER + octetsOf(message).length;
  const head = Buffer.alloc(16);
  head.writeUInt32LE(Math.floor(atUs / 1_000_000), 0);
  head.writeUInt32LE(atUs % 1_000_000, 4);
  head.writeUInt32LE(Math.min(length, SNAP_LENGTH), 8);
  head.writeUInt32LE(length, 12);
  return head;
}

function packet(from: Place, to: Place, message: Uint8Array): Buffer {
  const ip = IP_HEADER[to.family];
  const payload = message.subarray(0, SNAP_LENGTH - ip - UDP_HEADER);
  const udp = Buffer.alloc(UDP_HEADER + payload.length);
  udp.writeUInt16BE(from.port, 0);
  udp.writeUInt16BE(to.port, 2);
  udp.writeUInt16BE(udp.length, 4);
  udp.set(payload, UDP_HEADER);
  // RFC 768; RFC 8200 §8.1: the pseudo-header has both addresses, the protocol and the length.
  const pseudo = Buffer.alloc(4);
  pseudo.writeUInt16BE(UDP, 0);
  pseudo.writeUInt16BE(udp.length, 2);
  const sum = checksum([from.octets, to.octets, pseudo, udp]);
  udp.writeUInt16BE(sum === 0 ? 0xffff : sum, 6);
  return Buffer.concat([
    to.family === 4 ? header4(from, to, udp.length) : header6(from, to, udp.length),
    udp,
  ]);
}

function header4(from: Place, to: Place, length: number): Buffer {
  const header = Buffer.alloc(IP_HEADER[4]);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(IP_HEADER[4] + length, 2);
  header.writeUInt8(TTL, 8);
  header.writeUInt8(UDP, 9);
  header.set(from.octets, 12);
  header.set(to.octets, 16);
  header.writeUInt16BE(checksum([header]), 10);
  return header;
}

function header6(from: Place, to: Place, length: number): Buffer {
  const header = Buffer.alloc(IP_HEADER[6]);
  header.writeUInt32BE(0x6000_0000, 0);
  header.writeUInt16BE(length, 4);
  header.writeUInt8(UDP, 6);
  header.writeUInt8(TTL, 7);
  header.set(from.octets, 8);
  header.set(to.octets, 24);
  return header;
}

/** RFC 1071; each part begins at an even octet, the last may end at an odd one. */
function checksum(parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts)
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** `udp:192.0.2.7:5060`, `tls:[2001:db8::1]:5061`. */
function placeOf(peer: string): Place | undefined {
  const found = /^[a-z]+:(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(peer);
  const host = found?.[1] ?? found?.[2] ?? "";
  return address(host, Number(found?.[3] ?? SIP_PORT));
}

function address(host: string, port: number): Place | undefined {
  if (!ipaddr.isValid(host)) return undefined;
  const parsed = ipaddr.parse(host);
  return { family: parsed.kind() === "ipv4" ? 4 : 6, octets: Buffer.from(parsed.toByteArray()), port };
}

/** Our side: as the topmost Via of a request that we sent says it, where that is an address. */
function ownPlaces(messages: readonly SipTrace[]): (family: 4 | 6) => Place {
  const found = new Map<4 | 6, Place>();
  for (const { direction, text } of messages) {
    if (direction !== "out" || text.startsWith("SIP/2.0")) continue;
    const sentBy =
      /^(?:via|v)[ \t]*:[ \t]*sip[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*\w+[ \t]+(\[[^\]]+\]|[\w.-]+)(?::(\d+))?/im.exec(
        text,
      );
    const place = address((sentBy?.[1] ?? "").replace(/^\[|\]$/g, ""), Number(sentBy?.[2] ?? SIP_PORT));
    if (place !== undefined && !found.has(place.family)) found.set(place.family, place);
  }
  return (family) => found.get(family) ?? (address(US[family], SIP_PORT) as Place);
}
