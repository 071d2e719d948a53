// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { after, afterEach, before, describe, test } from "node:test";
import { companyText, ringPhone } from "../support/company.ts";
import { CALLERS_TONE, converse, PHONES_TONE } from "../support/conversation.ts";
import { hearsTone } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { encode, msOfTone, type Samples, shareOf, tone } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";
import { Voice } from "../support/voice.ts";

const DID = "+31501000001";
const STRANGERS_TONE = 1200;
const LONG = 60_000;
/** Few ports, so that a stranger sprays all of them many times while a call is set up and goes on. */
const PORTS = { first: 30_000, last: 30_099 };
const SPRAY_MS = 20;
const FRAME = 160;

let server: TestServer;
let caller: SpeakingParty;
let phone: SpeakingParty;

before(async () => {
  const at = ownAddress();
  server = await startServer({
    company: companyText({ caller: at, anchored: ["215"], routes: { [DID]: [ringPhone("215")] } }),
    flags: ["--rtp-min", String(PORTS.first), "--rtp-max", String(PORTS.last)],
  });
  caller = await SpeakingParty.open(server, { at });
  phone = await SpeakingParty.phone(server, "215");
});

after(async () => {
  await caller?.close();
  await phone?.close();
  await server?.stop();
});

afterEach(async () => {
  await caller.leave();
  await server.callsOver();
});

/** Somebody at an address that has nothing to do with the call, who sends to every port of the server. */
class Sprayer {
  /** What came back. */
  readonly gotBack: Buffer[] = [];
  sent = 0;
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  readonly #payload = encode("PCMA", tone(STRANGERS_TONE, 20));
  #sequence = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (octets) => this.gotBack.push(octets));
    this.#timer = setInterval(() => this.#round(), SPRAY_MS);
  }

  static async open(at: string): Promise<Sprayer> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject).bind(0, at, resolve);
    });
    return new Sprayer(socket);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  /** Good RTP to the even ports (in sequence, so that nothing but its source is wrong with it), RTCP to the odd ones. */
  #round(): void {
    this.#sequence += 1;
    const rtp = Buffer.alloc(12 + FRAME);
    rtp[0] = 0x80;
    rtp[1] = 8;
    rtp.writeUInt16BE(this.#sequence & 0xffff, 2);
    rtp.writeUInt32BE((this.#sequence * FRAME) >>> 0, 4);
    rtp.writeUInt32BE(0x5745_4952, 8);
    rtp.set(this.#payload, 12);
    // RFC 3550 §6.4.2: a receiver report without blocks; §6.6: BYE.
    const rtcp = Buffer.from("80c900015745495281cb000157454952", "hex");
    for (let port = PORTS.first; port <= PORTS.last; port++) {
      this.sent += 1;
      this.#socket.send(port % 2 === 0 ? rtp : rtcp, port, server.address);
    }
  }
}

/** A call whose parties hear each other. */
async function connected(): Promise<void> {
  caller.voice.forget();
  phone.voice.forget();
  assert.equal(kind(await caller.call({ number: DID })), "200");
  await converse(caller, phone);
}

/** Nowhere in a recording is there anything of a tone. */
function assertNever(hz: number, samples: Samples): void {
  for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
    const share = shareOf(hz, samples.subarray(at, at + FRAME));
    assert.ok(share < 0.05, `${hz} Hz is heard at ${at / 8} ms (${share.toFixed(2)})`);
  }
}

describe("C1: who sprays every port during set-up and call", () => {
  test("gets back 0 packets, RTCP included, and is not heard", async () => {
    const sprayers = [await Sprayer.open(ownAddress()), await Sprayer.open(ownAddress())];
    try {
      await until("the spraying to be well under way", () => sprayers.every(({ sent }) => sent > 500));
      await connected();
      await hearsTone(() => caller.heard(), PHONES_TONE, 2500);
      await caller.bye();
      // Also when the call is over and its ports rest.
      const then = sprayers.map(({ sent }) => sent);
      await until("more of it", () => sprayers.every(({ sent }, index) => sent > (then[index] ?? 0) + 1000));
      for (const { gotBack } of sprayers) assert.equal(gotBack.length, 0);
    } finally {
      for (const sprayer of sprayers) await sprayer.close();
    }
    for (const party of [caller, phone]) assertNever(STRANGERS_TONE, party.heard());
  });
});

describe("C2: sound from elsewhere, while the party speaks", () => {
  test("from a stranger who knows the port: 0 packets reach the other party", async () => {
    await connected();
    const stranger = await Voice.open({ at: ownAddress() });
    stranger.to = caller.voice.to;
    stranger.say(tone(STRANGERS_TONE, LONG));
    await until("a second and a half of it", () => stranger.sent > 75);
    await stranger.close();
    await hearsTone(() => phone.heard(), CALLERS_TONE, 2000);
    assertNever(STRANGERS_TONE, phone.heard());
    assert.equal(stranger.cameIn.length, 0);
  });

  test("from another port of the party's own address: not while the party is heard", async () => {
    await connected();
    const other = await Voice.open({ at: caller.voice.address });
    other.to = caller.voice.to;
    other.say(tone(STRANGERS_TONE, LONG));
    await until("a second and a half of it", () => other.sent > 75);
    assertNever(STRANGERS_TONE, phone.heard());
    assert.equal(other.cameIn.length, 0);

    // The party has moved: silent where it was for half a second, and then four packets in a row from there.
    const from = phone.heard().length;
    caller.voice.speaks = false;
    await hearsTone(() => phone.heard(), STRANGERS_TONE, 500, from);
    await until("our sound to go there", () => other.cameIn.length > 10);
    caller.voice.speaks = true;
    await other.close();
    assert.ok(msOfTone(CALLERS_TONE, phone.heard().subarray(0, from)) > 500);
  });

  test("a stranger whom nobody invited is not heard when the party falls silent either", async () => {
    await connected();
    caller.voice.speaks = false;
    const stranger = await Voice.open({ at: ownAddress() });
    stranger.to = caller.voice.to;
    stranger.say(tone(STRANGERS_TONE, LONG));
    await until("two seconds of it", () => stranger.sent > 100);
    await stranger.close();
    assertNever(STRANGERS_TONE, phone.heard());
    assert.equal(stranger.cameIn.length, 0);
    caller.voice.speaks = true;
  });
});
