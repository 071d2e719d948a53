import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { after, before, test } from "node:test";
import { companyText, number, PASSWORD, plan, ringPhone } from "../support/company.ts";
import { hearsTone } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { Luck } from "../support/luck.ts";
import { until } from "../support/process.ts";
import { RATE, type Samples, shareOf, tone } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";
import type { SoundPlace } from "../support/voice.ts";

const DID = "+31501000001";
const CALLERS_TONE = 440;
const PHONES_TONE = 700;
const LONG = 110_000;
/**
 * The promise (C3) is 1,000,000 packets: `SWITCHHOOK_FLOOD=1000000 npm test -- test/abuse/media-flood` sends them in about
 * two minutes. Every day there is time for fewer.
 */
const PACKETS = Number(process.env.SWITCHHOOK_FLOOD ?? 100_000);
/** Of both ways together. A party sends 50. */
const PER_SECOND = 10_000;
const BURST_MS = 10;
/** How many may be lost, of the good ones. */
const MAY_BE_LOST = 0.01;

const at = ownAddress();
let server: TestServer;

before(async () => {
  const company = companyText({
    caller: at,
    plans: [plan("to-215", [ringPhone("215")])],
    numbers: [number(DID, "to-215")],
  });
  server = await startServer({
    company: company.replace("name: Reception", "name: Reception, media: anchored"),
  });
});

after(() => server?.stop());

/** Rubbish for one port, by a seed. */
class Rubbish {
  readonly #luck: Luck;
  #sequence = 0;

  constructor(seed: number) {
    this.#luck = new Luck(seed);
  }

  /** Random octets of any length, or RTP and RTCP of which a part is wrong. */
  next(): Buffer {
    const length = this.#upTo(1400);
    const octets = Buffer.alloc(length);
    for (let index = 0; index < length; index += 1) octets[index] = this.#upTo(256);
    if (length < 12 || this.#luck.has(0.3)) return octets;
    // Looks like RTP or RTCP at first sight: version 2; extension, padding and CSRC counts that lead beyond its end.
    octets[0] = 0x80 | this.#upTo(64);
    const types = [8, 101, 200, 201, 202, 203, 204, 205, 255];
    octets[1] = types[this.#upTo(types.length)] ?? 8;
    octets.writeUInt16BE((this.#sequence += 1) & 0xffff, 2);
    return octets;
  }

  #upTo(limit: number): number {
    return Math.floor(this.#luck.next() * limit);
  }
}

/** Sends rubbish at a steady rate, to RTP and RTCP in turns. */
async function flood(socket: Socket, to: SoundPlace, packets: number, seed: number): Promise<void> {
  const rubbish = new Rubbish(seed);
  const start = performance.now();
  let sent = 0;
  while (sent < packets) {
    const due = Math.min(packets, ((performance.now() - start) * PER_SECOND) / 2 / 1000);
    for (; sent < due; sent += 1) socket.send(rubbish.next(), to.port + (sent % 4 === 0 ? 1 : 0), to.address);
    await new Promise((resolve) => setTimeout(resolve, BURST_MS));
  }
}

async function open(address: string, port = 0): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject).bind(port, address, resolve);
  });
  return socket;
}

/** The share of 20 ms pieces of a recording that are not this tone. */
function lost(hz: number, samples: Samples): number {
  const piece = RATE / 50;
  let [all, missing] = [0, 0];
  for (let start = 0; start + piece <= samples.length; start += piece) {
    all += 1;
    if (shareOf(hz, samples.subarray(start, start + piece)) < 0.7) missing += 1;
  }
  assert.ok(all > 100, `only ${all} packets were heard`);
  return missing / all;
}

test(`C3: ${PACKETS} random or damaged packets at a live call: it goes on, at most 1 % of the good ones are lost`, async () => {
  const caller = await SpeakingParty.open(server, { at });
  const phone = await SpeakingParty.open(server, { at: ownAddress() });
  const stranger = await open(ownAddress());
  const neighbour = await open(phone.voice.address);
  try {
    assert.equal(await phone.sip.register("215", PASSWORD, server), "200");
    assert.equal(kind(await caller.call({ number: DID })), "200");
    caller.say(tone(CALLERS_TONE, LONG));
    phone.say(tone(PHONES_TONE, LONG));
    await hearsTone(() => caller.heard(), PHONES_TONE, 500);
    await hearsTone(() => phone.heard(), CALLERS_TONE, 500);
    const from = [caller.heard().length, phone.heard().length] as const;
    const [callersPort, phonesPort] = [caller.voice.to, phone.voice.to];
    assert.ok(callersPort !== undefined && phonesPort !== undefined);
    const before = process.cpuUsage(undefined);
    // A stranger, and somebody at the phone's own address, as far as that tells them apart.
    await Promise.all([
      flood(stranger, callersPort, PACKETS / 2, 1),
      flood(neighbour, phonesPort, PACKETS / 2, 2),
    ]);
    assert.ok(process.cpuUsage(before).user > 0);
    const to = [caller.heard().length, phone.heard().length] as const;
    const atCaller = lost(PHONES_TONE, caller.heard().subarray(from[0], to[0]));
    const atPhone = lost(CALLERS_TONE, phone.heard().subarray(from[1], to[1]));
    assert.ok(atCaller <= MAY_BE_LOST, `the caller lost ${(100 * atCaller).toFixed(2)} %`);
    assert.ok(atPhone <= MAY_BE_LOST, `the phone lost ${(100 * atPhone).toFixed(2)} %`);
    await caller.bye();
    await phone.hasHungUp();
  } finally {
    stranger.close();
    neighbour.close();
    await caller.close();
    await phone.close();
  }
});
