import assert from "node:assert/strict";
import type { Result } from "../../src/lib/result.ts";
import type { EndParts, MediaCall, MediaEngine, MediaFault } from "../../src/media/engine.ts";
import { RtpParty, type SdpParts } from "../support/rtp-party.ts";

// What the contract suite of media engines is made of.

/** Where parties are that need be nowhere else. */
export const HOST = "127.0.0.1";

/** How a sound ended. */
export type Done = Result<undefined, string>;

/** A call on a real engine, and its parties. */
export interface Scene {
  readonly call: MediaCall;
  readonly digits: string[];
  readonly lost: string[];
  party(address?: string): Promise<RtpParty>;
  /** The party offers, we answer, and it sends to where the answer says. Returns the answer. */
  answer(end: string, party: RtpParty, parts?: SdpParts, towards?: string): Promise<string>;
  /** We offer, the party answers. Returns our offer. */
  offer(end: string, party: RtpParty, parts?: SdpParts, towards?: string): Promise<string>;
}

/** Adds a test, with a call of its own. */
export type On = (title: string, run: (scene: Scene) => Promise<void>, skip?: string | false) => void;

/** `end` closes the call and its parties. */
export function openScene(engine: MediaEngine, callId: string): Scene & { end(): Promise<void> } {
  const digits: string[] = [];
  const lost: string[] = [];
  const parties: RtpParty[] = [];
  const call = engine.open(
    { callId, country: "NL" },
    {
      onDigit: (end, digit, way) => digits.push(`${end} ${digit} ${way}`),
      onSilent: () => undefined,
      onLost: (reason) => lost.push(reason),
    },
  );
  return {
    call,
    digits,
    lost,
    async party(address = HOST) {
      const party = await RtpParty.quiet(address);
      parties.push(party);
      return party;
    },
    async answer(end, party, parts = {}, towards) {
      succeeded(await call.remoteOffer(end, party.sdp(parts), at(party)));
      const answer = succeeded(await call.localAnswer(end, towards));
      party.aim(answer);
      return text(answer);
    },
    async offer(end, party, parts = {}, towards) {
      const offer = succeeded(await call.localOffer(end, at(party), towards));
      party.aim(offer);
      succeeded(await call.remoteAnswer(end, party.sdp(parts)));
      return text(offer);
    },
    async end() {
      await call.close();
      for (const party of parties) party.close();
    },
  };
}

/** What the call knows of the way to a party: here both are on loopback. */
export const at = ({ address }: RtpParty): EndParts => ({
  localAddress: address.includes(":") ? "::1" : HOST,
  signallingAddress: address,
});

export const text = (octets: Uint8Array): string => Buffer.from(octets).toString("utf8");

export function succeeded<T>(result: Result<T, MediaFault>): T {
  if (!result.ok) assert.fail(`${result.error.status}: ${result.error.reason}`);
  return result.value;
}

export function refused<T>(result: Result<T, MediaFault>): MediaFault {
  if (result.ok) assert.fail("it was accepted");
  assert.match(result.error.reason, /^[A-Z].*\.$/, "a sentence");
  return result.error;
}

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
