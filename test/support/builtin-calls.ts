import type { Said } from "../../src/lib/said.ts";
// Calls on the built-in engine, with phones on real sockets of loopback.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import {
  type BuiltinMedia,
  type BuiltinMediaOptions,
  createBuiltinMedia,
} from "../../src/media/builtin/host.ts";
import type { EndParts, EndStatistics, MediaCall, MediaUser } from "../../src/media/engine.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { ownAddress } from "./loopback.ts";
import { RtpParty, type RtpPartyOptions } from "./rtp-party.ts";

export const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-media-"));
const engines: BuiltinMedia[] = [];
after(async () => {
  for (const engine of engines) await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Where the engine's sockets are: test files run side by side, and each has an address for itself. */
export const HOST = ownAddress();

let nextPorts = 20_000;

export function engineWith(options: Partial<BuiltinMediaOptions> = {}): BuiltinMedia {
  const min = nextPorts;
  nextPorts += 40;
  const engine = createBuiltinMedia({
    clock: systemClock,
    log() {},
    ports: { min, max: min + 39 },
    bindAddress: HOST,
    ...options,
  });
  engines.push(engine);
  return engine;
}

/** What a call was told. */
export class Told implements MediaUser {
  readonly digits: string[] = [];
  readonly silences: string[] = [];
  lost = "";
  readonly #waiting = new Set<() => void>();

  onDigit(end: string, digit: string, way: string): void {
    this.digits.push(`${end} ${digit} ${way}`);
    this.#changed();
  }
  onSilent(end: string, seconds: number): void {
    this.silences.push(`${end} ${seconds}`);
    this.#changed();
  }
  onLost({ text: reason }: Said): void {
    this.lost = reason;
    this.#changed();
  }
  #changed(): void {
    for (const look of this.#waiting) look();
  }

  async until(what: string, found: () => boolean, limitMs = 5000): Promise<void> {
    if (found()) return;
    await new Promise<void>((resolve, reject) => {
      const limit = systemClock.after(limitMs, () => reject(new Error(`in ${limitMs} ms not: ${what}`)));
      const look = (): void => {
        if (!found()) return;
        limit.cancel();
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }
}

export const parts: EndParts = { localAddress: HOST, signallingAddress: "127.0.0.1" };

export function opened(engine: BuiltinMedia): { readonly call: MediaCall; readonly told: Told } {
  const told = new Told();
  return { call: engine.open({ callId: "c", country: "NL" }, told), told };
}

/** A phone that has offered and got its answer. */
export async function caller(call: MediaCall, options: RtpPartyOptions = {}, end = "A"): Promise<RtpParty> {
  const party = await RtpParty.open(options);
  const offered = await call.remoteOffer(end, party.endpoint.describe(), parts);
  assert.ok(offered.ok, offered.ok ? "" : offered.error.reason.text);
  const answer = await call.localAnswer(end);
  assert.ok(answer.ok, answer.ok ? "" : answer.error.reason.text);
  assert.ok(party.endpoint.follow(answer.value));
  return party;
}

/** A phone that was offered to. */
export async function callee(
  call: MediaCall,
  towards: string,
  options: RtpPartyOptions = {},
  end = "B1",
): Promise<RtpParty> {
  const party = await RtpParty.open(options);
  const offer = await call.localOffer(end, parts, towards);
  assert.ok(offer.ok, offer.ok ? "" : offer.error.reason.text);
  assert.ok(party.endpoint.follow(offer.value));
  const answered = await call.remoteAnswer(end, party.endpoint.describe());
  assert.ok(answered.ok, answered.ok ? "" : answered.error.reason.text);
  return party;
}

export function of(statistics: readonly EndStatistics[], end: string): EndStatistics {
  const found = statistics.find((one) => one.end === end);
  assert.ok(found);
  return found;
}
