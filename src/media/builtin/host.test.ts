import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { RtpParty, type RtpPartyOptions } from "../../../test/support/rtp-party.ts";
import { systemClock } from "../../runtime/clock.ts";
import { linearToAlaw, linearToUlaw } from "../codec/g711.ts";
import type { EndStatistics, MediaCall, MediaUser, Sound } from "../engine.ts";
import { type BuiltinMedia, type BuiltinMediaOptions, createBuiltinMedia } from "./host.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-media-"));
const engines: BuiltinMedia[] = [];
after(async () => {
  for (const engine of engines) await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

let nextPorts = 31_000;

function engineWith(options: Partial<BuiltinMediaOptions> = {}): BuiltinMedia {
  const min = nextPorts;
  nextPorts += 200;
  const engine = createBuiltinMedia({
    clock: systemClock,
    log() {},
    ports: { min, max: min + 199 },
    ...options,
  });
  engines.push(engine);
  return engine;
}

/** What a call was told. */
class Told implements MediaUser {
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
  onLost(reason: string): void {
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

const parts = { localAddress: "127.0.0.1", signallingAddress: "127.0.0.1" };

function opened(engine: BuiltinMedia): { readonly call: MediaCall; readonly told: Told } {
  const told = new Told();
  return { call: engine.open({ callId: "c", country: "NL" }, told), told };
}

/** A phone that has offered and got its answer. */
async function caller(call: MediaCall, options: RtpPartyOptions = {}, end = "A"): Promise<RtpParty> {
  const party = await RtpParty.open(options);
  const offered = await call.remoteOffer(end, party.endpoint.describe(), parts);
  assert.ok(offered.ok, offered.ok ? "" : offered.error.reason);
  const answer = await call.localAnswer(end);
  assert.ok(answer.ok, answer.ok ? "" : answer.error.reason);
  assert.ok(party.endpoint.follow(answer.value));
  return party;
}

/** A phone that was offered to. */
async function callee(
  call: MediaCall,
  towards: string,
  options: RtpPartyOptions = {},
  end = "B1",
): Promise<RtpParty> {
  const party = await RtpParty.open(options);
  const offer = await call.localOffer(end, parts, towards);
  assert.ok(offer.ok, offer.ok ? "" : offer.error.reason);
  assert.ok(party.endpoint.follow(offer.value));
  const answered = await call.remoteAnswer(end, party.endpoint.describe());
  assert.ok(answered.ok, answered.ok ? "" : answered.error.reason);
  return party;
}

function toneFile(name: string, hz: number, seconds: number): Sound {
  const samples = Array.from({ length: seconds * 8000 }, (_, n) =>
    Math.round(8000 * Math.sin((2 * Math.PI * hz * n) / 8000)),
  );
  const file = path.join(folder, name);
  writeFileSync(`${file}.alaw`, Uint8Array.from(samples, linearToAlaw));
  writeFileSync(`${file}.ulaw`, Uint8Array.from(samples, linearToUlaw));
  return { kind: "message", name, path: file, durationMs: seconds * 1000 };
}

function of(statistics: readonly EndStatistics[], end: string): EndStatistics {
  const found = statistics.find((one) => one.end === end);
  assert.ok(found);
  return found;
}

test("an IVR call: a message, keys both ways, ringback, and a bridge, as one stream", async () => {
  const { call, told } = opened(engineWith());
  const a = await caller(call);
  const message = toneFile("welcome", 700, 1);
  const done = Promise.withResolvers<unknown>();
  const asked = systemClock.now();
  call.play("A", message, done.resolve);
  await a.until("a packet", ({ endpoint }) => endpoint.heard.length > 0);
  assert.ok((a.endpoint.heard[0]?.at ?? 0) - asked < 60, "the first packet leaves within 60 ms");
  await a.hearTone([700]);
  assert.deepEqual(await done.promise, { ok: true, value: undefined });
  await a.endpoint.press("12", "event");
  call.listen("A", true);
  await a.endpoint.press("3#", "tone");
  await told.until("four keys", () => told.digits.length >= 4);
  assert.deepEqual(told.digits, ["A 1 event", "A 2 event", "A 3 tone", "A # tone"]);
  call.play("A", { kind: "ringback" });
  await a.hearTone([425]);
  const b = await callee(call, "A");
  call.bridge("A", "B1");
  void b.endpoint.sayTone([1000], 600);
  void a.endpoint.sayTone([500], 600);
  await Promise.all([a.hearTone([1000]), b.hearTone([500])]);
  const report = a.report();
  assert.deepEqual([report.ssrcs, report.missing, report.jumps], [1, 0, 0]);
  assert.equal(report.markers, 3, "message, ringback, bridge");
  const statistics = await call.close();
  assert.equal(of(statistics, "A").codec, "PCMA/8000");
  assert.equal(of(statistics, "A").lost, 0);
  assert.equal(of(statistics, "A").sent, a.endpoint.heard.length);
  a.close();
  b.close();
});
