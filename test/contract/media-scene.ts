import assert from "node:assert/strict";
import type { Result } from "../../src/lib/result.ts";
import type { Said } from "../../src/lib/said.ts";
import type { EndParts, MediaCall, MediaEngine, MediaFault } from "../../src/media/engine.ts";
import { parseSdp } from "../../src/media/sdp/description.ts";
import { RtpParty, type SdpParts } from "../support/rtp-party.ts";

export interface OpenEngine {
  readonly engine: MediaEngine;
  /** Ends the engine and what it needs. */
  close(): Promise<void>;
}

/** A driver, and in which points the port leaves it free. */
export interface MediaEngineCase {
  readonly name: string;
  /** Why this machine cannot run it; false: it can. */
  readonly skip: string | false;
  /** Why there is no IPv6; false: there is. */
  readonly withoutIpv6: string | false;
  /** `folder`: may be written to. */
  open(folder: string): Promise<OpenEngine>;
  readonly can: {
    /** One SSRC for all that a party hears, the other party included. */
    readonly oneSsrc: boolean;
    /** A key whose end packets are all lost. */
    readonly keyWithoutEnd: boolean;
    /** Tones of a party that has telephone-event too. */
    readonly tonesBesideEvents: boolean;
    /** Packets that it sent. */
    readonly countsSent: boolean;
    /** Silence to a party that is ours alone. */
    readonly keepsGoing: boolean;
  };
  /** Cases, by title, that it has to leave out altogether. */
  readonly cannot?: readonly string[];
}

const HOST = "127.0.0.1";
/** Somebody whom no description names. */
export const STRANGER = "127.0.0.2";

/** A call at an engine, with parties that the test makes; each end of the call has one. */
export interface Scene {
  readonly call: MediaCall;
  readonly digits: string[];
  party(address?: string): Promise<RtpParty>;
  /** The party offers, we answer, and it sends to where the answer says. Returns the answer. */
  answer(end: string, party: RtpParty, parts?: SdpParts, towards?: string): Promise<string>;
  /** We offer, the party answers. Returns our offer. */
  offer(end: string, party: RtpParty, parts?: SdpParts, towards?: string): Promise<string>;
  /** The party of end A, which has offered and got our answer. */
  caller(parts?: SdpParts): Promise<RtpParty>;
  /** The parties of ends A and B1, not yet bridged; B1 has PCMU unless said. */
  described(partsOfA?: SdpParts, partsOfB?: SdpParts): Promise<Pair>;
  /** The same, bridged. */
  bridged(partsOfA?: SdpParts, partsOfB?: SdpParts): Promise<Pair>;
}

interface Pair {
  readonly a: RtpParty;
  readonly b: RtpParty;
  /** What A was answered. */
  readonly answered: string;
}

/** How a sound ended. */
export type Done = Result<undefined, Said>;

/** Defines a test on a call of its own. */
export type On = (title: string, run: (scene: Scene) => Promise<void>, skip?: string | false) => void;

export function openScene(engine: MediaEngine, callId: string): Scene & { end(): Promise<void> } {
  const digits: string[] = [];
  const parties: RtpParty[] = [];
  const call = engine.open(
    { callId, country: "NL" },
    {
      onDigit: (end, digit, way) => digits.push(`${end} ${digit} ${way}`),
      onSilent: () => undefined,
      onLost: ({ text }) => assert.fail(text),
    },
  );
  const party: Scene["party"] = async (address = HOST) => {
    const one = await RtpParty.quiet(address);
    parties.push(one);
    return one;
  };
  const answer: Scene["answer"] = async (end, one, parts = {}, towards) => {
    succeeded(await call.remoteOffer(end, one.sdp(parts), at(one)));
    const sdp = succeeded(await call.localAnswer(end, towards));
    one.aim(sdp);
    return text(sdp);
  };
  const offer: Scene["offer"] = async (end, one, parts = {}, towards) => {
    const sdp = succeeded(await call.localOffer(end, at(one), towards));
    one.aim(sdp);
    succeeded(await call.remoteAnswer(end, one.sdp(parts)));
    return text(sdp);
  };
  const described: Scene["described"] = async (partsOfA = {}, partsOfB = { codecs: [0] }) => {
    const [a, b] = [await party(), await party()];
    const answered = await answer("A", a, partsOfA);
    await offer("B1", b, partsOfB, "A");
    return { a, b, answered };
  };
  return {
    call,
    digits,
    party,
    answer,
    offer,
    described,
    async caller(parts) {
      const a = await party();
      await answer("A", a, parts);
      return a;
    },
    async bridged(...parts) {
      const pair = await described(...parts);
      call.bridge("A", "B1");
      return pair;
    },
    async end() {
      await call.close();
      for (const one of parties) one.close();
    },
  };
}

/** Two parties speak at 500 and 700 Hz, and hear each other. */
export async function talk(
  a: RtpParty,
  b: RtpParty,
  ms = 600,
  [typeOfA, typeOfB]: readonly [number, number] = [0, 0],
): Promise<void> {
  await Promise.all([
    a.speak(500, ms, typeOfA),
    b.speak(700, ms, typeOfB),
    a.hearTone([700]),
    b.hearTone([500]),
  ]);
}

/** What the call knows of the way to a party: here both are on loopback. */
export const at = ({ address }: RtpParty): EndParts => ({
  localAddress: address.includes(":") ? "::1" : HOST,
  signallingAddress: address,
});

export const text = (octets: Uint8Array): string => Buffer.from(octets).toString("utf8");

export function succeeded<T>(result: Result<T, MediaFault>): T {
  if (!result.ok) assert.fail(`${result.error.status}: ${result.error.reason.text}`);
  return result.value;
}

export function refused<T>(result: Result<T, MediaFault>): MediaFault {
  if (result.ok) assert.fail("it was accepted");
  assert.match(result.error.reason.text, /^[A-Z].*\.$/, "a sentence");
  return result.error;
}

/** Its m-lines, as `audio PCMU+101`, `video off`, with the direction of the sound. */
export function shape(sdp: string): string[] {
  const read = parseSdp(Buffer.from(sdp));
  if (!read.ok) assert.fail(read.error.text);
  return read.value.media.map(({ kind, port, formats, attributes }) => {
    if (port === 0) return `${kind} off`;
    const direction = attributes.find(({ name }) => /^(sendrecv|sendonly|recvonly|inactive)$/.test(name));
    return `${kind} ${formats.join("+")} ${direction?.name ?? "sendrecv"}`;
  });
}

/** The port of the sound. */
export const mLine = (sdp: string): string => /^m=audio (\d+)/m.exec(sdp)?.[1] ?? assert.fail(sdp);

/** One SSRC, no sequence number left out, the timestamp one packet further each time. */
export function inStep(
  packets: readonly { readonly ssrc: number; readonly sequence: number; readonly timestamp: number }[],
): void {
  for (const [index, packet] of packets.entries()) {
    const before = packets[index - 1];
    if (before === undefined) continue;
    assert.equal(packet.ssrc, before.ssrc, `SSRC of packet ${index}`);
    assert.equal((packet.sequence - before.sequence) & 0xffff, 1, `sequence number of packet ${index}`);
    assert.equal((packet.timestamp - before.timestamp) | 0, 160, `timestamp of packet ${index}`);
  }
}
