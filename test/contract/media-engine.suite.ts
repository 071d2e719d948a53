import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { MediaCall, MediaEngine } from "../../src/media/engine.ts";
import { parseSdp } from "../../src/media/sdp/description.ts";
import { until } from "../support/process.ts";
import type { RtpParty } from "../support/rtp-party.ts";
import { toneMessage } from "./media-files.ts";
import {
  at,
  type Done,
  inStep,
  type On,
  openScene,
  refused,
  type Scene,
  succeeded,
  text,
} from "./media-scene.ts";
import { silences } from "./media-silence.suite.ts";

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
}

const STRANGER = "127.0.0.2";
const REFUSED_VIDEO = ["m=video 40000 RTP/AVP 96", "a=rtpmap:96 VP8/90000"];

/** What a call relies on, whichever driver it is: real packets on loopback, sound told by its frequency. */
export function mediaEngineContract(kind: MediaEngineCase): void {
  describe(kind.name, { skip: kind.skip }, () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-media-"));
    let open: OpenEngine | undefined;
    let calls = 0;

    before(async () => {
      open = await kind.open(folder);
    });
    after(async () => {
      await open?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const on = (title: string, run: (scene: Scene) => Promise<void>, skip: string | false = false): void => {
      test(title, { skip }, async () => {
        calls += 1;
        const scene = openScene(open?.engine ?? assert.fail("no engine"), `call-${calls}`);
        try {
          await run(scene);
        } finally {
          await scene.end();
        }
      });
    };

    answers(on, kind);
    offers(on);
    sounds(on, folder);
    keys(on, kind, folder);
    if (kind.can.keepsGoing) silences(on, folder);
    bridges(on, kind, folder);
    changes(on, folder);
    endings(on, kind, folder);
  });
}

/** Its m-lines, as `audio PCMU+101`, `video off`, with the direction of the sound. */
function shape(sdp: string): string[] {
  const read = parseSdp(Buffer.from(sdp));
  if (!read.ok) assert.fail(read.error);
  return read.value.media.map(({ kind, port, formats, attributes }) => {
    if (port === 0) return `${kind} off`;
    const direction = attributes.find(({ name }) => /^(sendrecv|sendonly|recvonly|inactive)$/.test(name));
    return `${kind} ${formats.join("+")} ${direction?.name ?? "sendrecv"}`;
  });
}

const mLine = (sdp: string): string => /^m=audio (\d+)/m.exec(sdp)?.[1] ?? assert.fail(sdp);

function answers(on: On, kind: MediaEngineCase): void {
  for (const [title, codecs, event, wanted] of [
    ["PCMU", [0], 101, "audio 0+101 sendrecv"],
    ["PCMA", [8], 101, "audio 8+101 sendrecv"],
    ["G.722", [9], 101, "audio 9+101 sendrecv"],
    ["the first of several", [8, 0, 9], 101, "audio 8+101 sendrecv"],
    ["one that it knows among others", [96, 0], 101, "audio 0+101 sendrecv"],
    ["telephone-event 96", [0], 96, "audio 0+96 sendrecv"],
    ["telephone-event 127", [0], 127, "audio 0+127 sendrecv"],
    ["no telephone-event", [8], 0, "audio 8 sendrecv"],
  ] as const) {
    on(`an offer is answered: ${title}`, async ({ answer, party }) => {
      assert.deepEqual(shape(await answer("A", await party(), { codecs, event })), [wanted]);
    });
  }

  on("an offer without a known codec is refused with 488, and a better one may follow", async (scene) => {
    const party = await scene.party();
    const fault = refused(await scene.call.remoteOffer("A", party.sdp({ codecs: [96] }), at(party)));
    assert.equal(fault.status, 488);
    assert.deepEqual(shape(await scene.answer("A", party)), ["audio 0+101 sendrecv"]);
  });

  on("an m-line of video keeps its place with port 0", async ({ answer, party }) => {
    const sdp = await answer("A", await party(), { more: REFUSED_VIDEO });
    assert.deepEqual(shape(sdp), ["audio 0+101 sendrecv", "video off"]);
  });

  for (const [title, sdp] of [
    ["nothing", ""],
    ["words", "hello, is anybody there?"],
    ["octets", "\u0000\u0001\u0002\uffff"],
    ["no m-line", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"],
    ["half an m-line", "v=0\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio\r\n"],
    ["a multicast address", "v=0\r\ns=-\r\nc=IN IP4 224.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"],
    ["a megabyte", `v=0\r\n${"a=x\r\n".repeat(200_000)}`],
  ] as const) {
    on(`a description that is ${title} is refused in a sentence`, async ({ call, party }) => {
      const one = await party();
      const offered = refused(await call.remoteOffer("A", Buffer.from(sdp), at(one)));
      assert.ok(offered.status === 400 || offered.status === 488, String(offered.status));
      refused(await call.localAnswer("A"));
      succeeded(await call.localOffer("B", at(one)));
      const answered = refused(await call.remoteAnswer("B", Buffer.from(sdp)));
      assert.ok(answered.status === 400 || answered.status === 488, String(answered.status));
    });
  }

  on(
    "IPv6",
    async ({ answer, call, party }) => {
      const six = await party("::1");
      assert.match(await answer("A", six), /^c=IN IP6 ::1\r$/m);
      call.play("A", { kind: "busy" });
      await six.hearTone([425]);
    },
    kind.withoutIpv6,
  );

  on(
    "a party with IPv6 and one with IPv4 hear each other",
    async ({ answer, offer, call, party }) => {
      const six = await party("::1");
      const four = await party();
      await answer("A", six);
      await offer("B1", four, { codecs: [0] }, "A");
      call.bridge("A", "B1");
      await Promise.all([
        six.speak(500, 800),
        four.speak(700, 800),
        six.hearTone([700]),
        four.hearTone([500]),
      ]);
    },
    kind.withoutIpv6,
  );
}

function offers(on: On): void {
  on("an offer of ours, without anything known before (delayed offer)", async ({ call, offer, party }) => {
    const one = await party();
    const [line] = shape(await offer("A", one, { codecs: [0] }));
    assert.match(line ?? "", /^audio (?=.*\b0\b)(?=.*\b8\b)(?=.*\b9\b).*sendrecv$/);
    call.play("A", { kind: "busy" });
    await one.hearTone([425]);
  });

  on("an offer names the codec of the other end first", async ({ answer, offer, party }) => {
    await answer("A", await party(), { codecs: [9] });
    const sdp = await offer("B1", await party(), { codecs: [9] }, "A");
    assert.match(shape(sdp)[0] ?? "", /^audio 9\+/);
  });

  on("an answer with a codec that we did not offer is refused with 488", async ({ call, party }) => {
    const one = await party();
    succeeded(await call.localOffer("B1", at(one)));
    assert.equal(refused(await call.remoteAnswer("B1", one.sdp({ codecs: [96] }))).status, 488);
  });

  on("a later answer to the same offer replaces the earlier one", async ({ call, offer, party }) => {
    const ringing = await party();
    await offer("B1", ringing, { codecs: [0] });
    const answering = await party();
    succeeded(await call.remoteAnswer("B1", answering.sdp({ codecs: [8] })));
    call.play("B1", { kind: "busy" });
    await answering.hearTone([425]);
    assert.ok(answering.sound.every(({ payloadType }) => payloadType === 8));
  });

  on("our own descriptions count their versions, and only with a change", async ({ answer, call, party }) => {
    const one = await party();
    const version = (sdp: string): number => Number(/^o=\S+ \d+ (\d+) /m.exec(sdp)?.[1]);
    const first = await answer("A", one);
    const same = await answer("A", one);
    const held = await answer("A", one, { direction: "sendonly" });
    assert.equal(same, first);
    assert.equal(version(held), version(first) + 1);
    assert.equal(mLine(held), mLine(first));
    const ours = text(succeeded(await call.localOffer("A", at(one))));
    assert.equal(mLine(ours), mLine(first));
    assert.ok(version(ours) > version(held));
  });
}

function sounds(on: On, folder: string): void {
  for (const [codec, payloadType] of [
    ["PCMU", 0],
    ["PCMA", 8],
    ["G.722", 9],
  ] as const) {
    on(`a message is heard in ${codec}, in step, and ends once`, async ({ answer, call, party }) => {
      const one = await party();
      await answer("A", one, { codecs: [payloadType] });
      const done: Done[] = [];
      call.play("A", toneMessage(folder, 440, 600), (result) => done.push(result));
      await one.hearTone([440]);
      await until("its end", () => done.length > 0);
      assert.deepEqual(done, [{ ok: true, value: undefined }]);
      const packets = one.sound;
      const audible = one.audible.length;
      assert.ok(audible >= 28 && audible <= 32, `${audible} packets for 600 ms`);
      inStep(packets);
      assert.ok(packets.every((packet) => packet.payloadType === payloadType));
      // Nothing more is told when something else plays and ends.
      call.play("A", toneMessage(folder, 620, 200), (result) => done.push(result));
      await until("the second end", () => done.length === 2);
    });
  }

  on("a sound that replaces another is what is heard, and only its end is told", async (scene) => {
    const one = await scene.party();
    await scene.answer("A", one);
    const told: string[] = [];
    scene.call.play("A", toneMessage(folder, 440, 1500), () => told.push("first"));
    await one.hearTone([440]);
    scene.call.play("A", toneMessage(folder, 620, 600), () => told.push("second"));
    await one.hearTone([620]);
    await until("an end", () => told.length > 0);
    // The time in which the first would have ended.
    scene.call.play("A", toneMessage(folder, 800, 900), () => told.push("third"));
    await until("the last end", () => told.includes("third"));
    assert.deepEqual(told, ["second", "third"]);
  });

  on("a sound that is stopped is over at once and tells nothing", async ({ answer, call, party }) => {
    const one = await party();
    await answer("A", one);
    const told: string[] = [];
    call.play("A", toneMessage(folder, 440, 600), () => told.push("stopped"));
    await one.hearTone([440]);
    call.stop("A");
    call.play("A", toneMessage(folder, 620, 700), () => told.push("played"));
    await one.hearTone([620]);
    await until("the end of the second", () => told.length > 0);
    assert.deepEqual(told, ["played"]);
    call.stop("A");
  });

  on("a message that is not there is told in a sentence", async ({ answer, call, party }) => {
    await answer("A", await party());
    const done: Done[] = [];
    const missing = {
      kind: "message",
      name: "Welcome",
      path: path.join(folder, "none"),
      durationMs: 500,
    } as const;
    call.play("A", missing, (result) => done.push(result));
    await until("an end", () => done.length > 0);
    const [result] = done;
    assert.ok(result?.ok === false);
    assert.match(result.error, /Welcome.*\.$/);
  });

  on("tones go on until they are stopped", async ({ answer, call, party }) => {
    const one = await party();
    await answer("A", one);
    call.play("A", { kind: "busy" });
    // Longer than one round of it.
    await until("two seconds of it", () => one.sound.length >= 100);
    inStep(one.sound);
    const share = one.share(425);
    assert.ok(share > 0.45, `425 Hz has ${share} of the power`);
    call.play("A", { kind: "ringback" });
    one.endpoint.forget();
    await one.hearTone([425]);
  });

  on("what is asked for at an end that does not exist harms nothing", async ({ call }) => {
    const done: Done[] = [];
    call.play("A", { kind: "busy" }, (result) => done.push(result));
    call.stop("A");
    call.listen("A", true);
    call.release("A");
    call.bridge("A", "B1");
    call.unbridge();
    refused(await call.localAnswer("A"));
    refused(await call.remoteAnswer("A", Buffer.from("v=0")));
    assert.ok(done.every((result) => !result.ok));
  });
}

function keys(on: On, kind: MediaEngineCase, folder: string): void {
  for (const event of [101, 96]) {
    on(`keys by telephone-event ${event} are told once each`, async ({ answer, call, digits, party }) => {
      const one = await party();
      await answer("A", one, { event });
      await one.key("1", { payloadType: event });
      await one.key("1", { payloadType: event });
      await one.key("#", { payloadType: event, lost: 3 });
      await one.key("0", { payloadType: event, ends: 1 });
      await one.key("D", { payloadType: event, ms: 1500 });
      await until("five keys", () => digits.length >= 5);
      call.play("A", toneMessage(folder, 440, 3000));
      await one.hearTone([440]);
      await one.key("*", { payloadType: event });
      await until("the key during playback", () => digits.length >= 6);
      await one.hearTone([440]);
      assert.deepEqual(
        digits,
        ["1", "1", "#", "0", "D", "*"].map((digit) => `A ${digit} event`),
      );
    });
  }

  const whereItCan = (can: boolean, ...args: Parameters<On>): void => {
    if (can) on(...args);
  };

  whereItCan(
    kind.can.keyWithoutEnd,
    "a key of which all end packets are lost is told",
    async ({ answer, digits, party }) => {
      const one = await party();
      await answer("A", one);
      await one.key("7", { ends: 0 });
      await until("the key", () => digits.length > 0);
      await one.key("8");
      await until("the next key", () => digits.length > 1);
      assert.deepEqual(digits, ["A 7 event", "A 8 event"]);
    },
  );

  on("keys as tones are told only while they are listened for", async ({ answer, call, digits, party }) => {
    const one = await party();
    const other = await party();
    await answer("A", one, { codecs: [8], event: 0 });
    await offer(call, other);
    await one.tone("4", 100, 8);
    call.listen("A", true);
    // Asked for in order: once this is answered, the tones are listened for.
    succeeded(await call.localOffer("B1", at(other)));
    await one.tone("5", 100, 8);
    await one.tone("5", 100, 8);
    await one.tone("A", 80, 8);
    await until("three keys", () => digits.length >= 3);
    call.listen("A", false);
    succeeded(await call.localOffer("B1", at(other)));
    await one.tone("6", 100, 8);
    await other.key("9");
    await until("the key of the other end", () => digits.length >= 4);
    assert.deepEqual(digits, ["A 5 tone", "A 5 tone", "A A tone", "B1 9 event"]);
  });

  whereItCan(
    kind.can.tonesBesideEvents,
    "tones of a party that has telephone-event are told as tones",
    async ({ answer, call, digits, party }) => {
      const one = await party();
      await answer("A", one);
      call.listen("A", true);
      await one.tone("5", 100);
      await one.key("6");
      await until("two keys", () => digits.length >= 2);
      assert.deepEqual(digits, ["A 5 tone", "A 6 event"]);
    },
  );

  on("speech is no key", async ({ answer, call, digits, party }) => {
    const one = await party();
    await answer("A", one, { codecs: [0], event: 0 });
    call.listen("A", true);
    await one.speak(700, 300);
    await one.speak(1340, 300);
    await one.tone("3", 100);
    await until("the key", () => digits.length > 0);
    assert.deepEqual(digits, ["A 3 tone"]);
  });
}

/** We offer to a party that answers with PCMU. */
async function offer(call: MediaCall, party: RtpParty): Promise<void> {
  party.aim(succeeded(await call.localOffer("B1", at(party))));
  succeeded(await call.remoteAnswer("B1", party.sdp({ codecs: [0] })));
}

function bridges(on: On, kind: MediaEngineCase, folder: string): void {
  for (const [title, one, other] of [
    ["PCMU both", 0, 0],
    ["PCMA both", 8, 8],
    ["G.722 both", 9, 9],
    ["PCMA and PCMU", 8, 0],
    ["PCMU and PCMA", 0, 8],
    ["G.722 and PCMA", 9, 8],
  ] as const) {
    on(`two parties hear each other: ${title}`, async (scene) => {
      const a = await scene.party();
      const b = await scene.party();
      await scene.answer("A", a, { codecs: [one] });
      await scene.offer("B1", b, { codecs: [other] }, "A");
      scene.call.bridge("A", "B1");
      await Promise.all([
        a.speak(500, 1200, one),
        b.speak(700, 1200, other),
        a.hearTone([700]),
        b.hearTone([500]),
      ]);
      // What is under way while the bridge is made may pass unchanged: our offer named both codecs.
      assert.ok(a.sound.slice(2).every(({ payloadType }) => payloadType === one));
      assert.ok(b.sound.slice(2).every(({ payloadType }) => payloadType === other));
    });
  }

  on("before the bridge and after it nobody hears the other", async ({ answer, call, offer, party }) => {
    const a = await party();
    const b = await party();
    await answer("A", a);
    await offer("B1", b, { codecs: [0] }, "A");
    await Promise.all([a.speak(500, 200), b.speak(700, 200)]);
    assert.equal(a.sound.length + b.sound.length, 0);
    call.bridge("A", "B1");
    await Promise.all([a.speak(500, 600), b.speak(700, 600), a.hearTone([700]), b.hearTone([500])]);
    call.unbridge();
    // What is asked for afterwards is done afterwards.
    succeeded(await call.localOffer("B1", at(b)));
    a.endpoint.forget();
    b.endpoint.forget();
    await Promise.all([a.speak(500, 200), b.speak(700, 200)]);
    assert.equal(a.share(700) + b.share(500), 0);
  });

  on("keys go through the bridge, each with the number that its receiver knows", async (scene) => {
    const a = await scene.party();
    const b = await scene.party();
    await scene.answer("A", a, { event: 101 });
    await scene.offer("B1", b, { codecs: [0], event: 97 });
    scene.call.bridge("A", "B1");
    await Promise.all([a.speak(500, 600), b.speak(700, 600), a.hearTone([700]), b.hearTone([500])]);
    await a.key("3", { payloadType: 101 });
    await b.key("4", { payloadType: 97 });
    await until("both keys", () => scene.digits.length >= 2);
    assert.deepEqual(scene.digits, ["A 3 event", "B1 4 event"]);
    await until("an event at each", () =>
      [a, b].every(({ endpoint }) => endpoint.heard.some(({ payload }) => payload.length === 4)),
    );
    const numbers = ({ endpoint }: RtpParty): number[] =>
      endpoint.heard.filter(({ payload }) => payload.length === 4).map(({ payloadType }) => payloadType);
    assert.deepEqual([...new Set(numbers(a))], [101]);
    assert.deepEqual([...new Set(numbers(b))], [97]);
  });

  on(
    "what plays at a bridged end is heard in place of the other party, and then the other again",
    async (scene) => {
      const a = await scene.party();
      const b = await scene.party();
      await scene.answer("A", a);
      await scene.offer("B1", b, { codecs: [0] }, "A");
      scene.call.bridge("A", "B1");
      const talking = Promise.all([a.speak(500, 3000), b.speak(700, 3000)]);
      await Promise.all([a.hearTone([700]), b.hearTone([500])]);
      scene.call.play("A", toneMessage(folder, 440, 800));
      await a.hearTone([440]);
      await b.hearTone([500]);
      await a.hearTone([700]);
      await talking;
    },
  );

  on("a bridge stops what plays at either end", async ({ answer, call, offer, party }) => {
    const a = await party();
    const b = await party();
    await answer("A", a);
    await offer("B1", b, { codecs: [0] }, "A");
    const told: string[] = [];
    call.play("A", toneMessage(folder, 440, 700), () => told.push("A"));
    call.play("B1", { kind: "hold" }, () => told.push("B1"));
    await a.hearTone([440]);
    call.bridge("A", "B1");
    await Promise.all([a.speak(500, 1000), b.speak(700, 1000), a.hearTone([700]), b.hearTone([500])]);
    assert.deepEqual(told, []);
  });

  on("prompt, ringback, conversation: the caller hears one stream after the other", async (scene) => {
    const a = await scene.party();
    const b = await scene.party();
    await scene.answer("A", a);
    scene.call.play("A", toneMessage(folder, 440, 3000));
    await a.hearTone([440]);
    scene.call.play("A", { kind: "ringback" });
    await a.hearTone([425]);
    const played = a.sound.length;
    const [ssrc] = a.sound.map((packet) => packet.ssrc);
    assert.ok(
      a.sound.every((packet) => packet.ssrc === ssrc),
      "one SSRC for all that is played",
    );
    await scene.offer("B1", b, { codecs: [0] }, "A");
    scene.call.bridge("A", "B1");
    await Promise.all([b.speak(700, 1000), a.speak(500, 1000), a.hearTone([700])]);
    const sequence = a.sound.map((packet) => packet.sequence);
    for (let index = 1; index < played; index++)
      assert.equal(((sequence[index] ?? 0) - (sequence[index - 1] ?? 0)) & 0xffff, 1);
    if (!kind.can.oneSsrc) return;
    for (const [index, packet] of a.sound.entries()) {
      const before = a.sound[index - 1];
      if (before === undefined) continue;
      assert.equal(packet.ssrc, ssrc);
      assert.equal((packet.sequence - before.sequence) & 0xffff, 1);
      assert.ok(((packet.timestamp - before.timestamp) | 0) > 0, "time does not run back");
    }
  });

  on("of two legs the one that is bridged is heard", async ({ answer, call, offer, party }) => {
    const a = await party();
    const first = await party();
    const second = await party();
    await answer("A", a);
    await offer("B1", first, { codecs: [0] }, "A");
    await offer("B2", second, { codecs: [8] }, "A");
    call.bridge("A", "B2");
    call.release("B1");
    await Promise.all([
      a.speak(500, 800),
      first.speak(700, 800),
      second.speak(900, 800, 8),
      a.hearTone([900]),
      second.hearTone([500]),
    ]);
    assert.equal(first.sound.length, 0);
    assert.ok(a.share(700) < 0.1);
  });
}

function changes(on: On, folder: string): void {
  for (const [title, parts, direction] of [
    ["sendonly", { direction: "sendonly" }, "recvonly"],
    ["inactive", { direction: "inactive" }, "inactive"],
    ["c=0.0.0.0", { address: "0.0.0.0" }, "recvonly"],
  ] as const) {
    on(`hold by ${title}, and back again`, async ({ answer, call, offer, party }) => {
      const a = await party();
      const b = await party();
      const before = await answer("A", a);
      await offer("B1", b, { codecs: [0] }, "A");
      call.bridge("A", "B1");
      await Promise.all([a.speak(500, 600), b.speak(700, 600), a.hearTone([700]), b.hearTone([500])]);
      const held = await answer("A", a, parts);
      assert.match(shape(held)[0] ?? "", new RegExp(`${direction}$`));
      assert.equal(mLine(held), mLine(before));
      call.play("B1", { kind: "busy" });
      a.endpoint.forget();
      await b.hearTone([425]);
      await b.speak(700, 200);
      assert.equal(a.sound.length, 0, "nothing is sent to a party that holds");
      call.stop("B1");
      await answer("A", a);
      await Promise.all([a.speak(500, 800), b.speak(700, 800), a.hearTone([700]), b.hearTone([500])]);
    });
  }

  on("a tone at a party that holds goes on when it comes back", async ({ answer, call, party }) => {
    const a = await party();
    await answer("A", a);
    call.play("A", { kind: "busy" });
    await a.hearTone([425]);
    await answer("A", a, { direction: "inactive" });
    a.endpoint.forget();
    await a.speak(500, 200);
    assert.equal(a.sound.length, 0);
    await answer("A", a);
    await a.hearTone([425]);
  });

  on("a party that moves is heard and hears at its new address", async ({ answer, call, offer, party }) => {
    const a = await party();
    const b = await party();
    const before = await answer("A", a);
    await offer("B1", b, { codecs: [0] }, "A");
    call.bridge("A", "B1");
    await Promise.all([a.speak(500, 600), b.speak(700, 600), a.hearTone([700]), b.hearTone([500])]);
    await a.move();
    a.endpoint.forget();
    assert.equal(mLine(await answer("A", a)), mLine(before));
    await Promise.all([a.speak(520, 800), b.speak(700, 800), a.hearTone([700]), b.hearTone([520])]);
  });

  on("a party changes its codec in the middle of a call", async ({ answer, call, offer, party }) => {
    const a = await party();
    const b = await party();
    await answer("A", a, { codecs: [0] });
    await offer("B1", b, { codecs: [0] }, "A");
    call.bridge("A", "B1");
    await Promise.all([a.speak(500, 600), b.speak(700, 600), a.hearTone([700]), b.hearTone([500])]);
    await answer("A", a, { codecs: [8] }, "B1");
    a.endpoint.forget();
    await Promise.all([a.speak(500, 800, 8), b.speak(700, 800), a.hearTone([700]), b.hearTone([500])]);
    assert.ok(a.sound.slice(-10).every(({ payloadType }) => payloadType === 8));
  });

  on("a re-offer that cannot be used changes nothing", async ({ answer, call, party }) => {
    const a = await party();
    await answer("A", a);
    call.play("A", toneMessage(folder, 440, 3000));
    await a.hearTone([440]);
    refused(await call.remoteOffer("A", a.sdp({ codecs: [96] }), at(a)));
    await a.hearTone([440]);
  });

  on("packets of a stranger do not reach the other party", async ({ answer, call, offer, party }) => {
    const a = await party();
    const b = await party();
    const stranger = await party(STRANGER);
    await answer("A", a);
    await offer("B1", b, { codecs: [0] }, "A");
    call.bridge("A", "B1");
    await Promise.all([a.speak(500, 600), b.speak(700, 600), a.hearTone([700]), b.hearTone([500])]);
    stranger.aimAs(a);
    b.endpoint.forget();
    await Promise.all([a.speak(500, 800), b.speak(700, 800), stranger.speak(900, 700)]);
    await until("all of A's packets", () => b.sound.length >= 40);
    // The end of what A said before may be among them, the 35 packets of the stranger are not.
    assert.ok(b.sound.length <= 45, `${b.sound.length} packets`);
    assert.ok(b.share(900) < 0.01);
    assert.equal(stranger.endpoint.heard.length, 0);
    const statistics = await call.close();
    const foreign = statistics.find(({ end }) => end === "A")?.foreign ?? 0;
    assert.ok(foreign >= 30, `${foreign} foreign packets counted`);
  });
}

function endings(on: On, kind: MediaEngineCase, folder: string): void {
  on("the end of a call tells what went through; a second end is the same", async (scene) => {
    const { call } = scene;
    const a = await scene.party();
    const b = await scene.party();
    await scene.answer("A", a);
    await scene.offer("B1", b, { codecs: [8] }, "A");
    call.bridge("A", "B1");
    await Promise.all([a.speak(500, 600), b.speak(700, 600, 8), a.hearTone([700]), b.hearTone([500])]);
    const statistics = await call.close();
    assert.deepEqual(statistics.map(({ end, codec }) => `${end} ${codec}`).toSorted(), [
      "A PCMU/8000",
      "B1 PCMA/8000",
    ]);
    for (const { end, received, sent, foreign } of statistics) {
      assert.ok(received >= 29 && received <= 31, `${end} received ${received}`);
      if (kind.can.countsSent) assert.ok(sent >= 20 && sent <= 31, `${end} sent ${sent}`);
      assert.equal(foreign, 0);
    }
    assert.deepEqual(await call.close(), statistics);
  });

  on("after its end a call refuses everything in a sentence", async ({ answer, call, party }) => {
    const a = await party();
    await answer("A", a);
    const told: string[] = [];
    call.play("A", toneMessage(folder, 440, 600), () => told.push("played"));
    await a.hearTone([440]);
    await call.close();
    refused(await call.remoteOffer("A", a.sdp(), at(a)));
    refused(await call.localAnswer("A"));
    refused(await call.localOffer("B1", at(a)));
    refused(await call.remoteAnswer("B1", a.sdp()));
    call.play("A", { kind: "busy" }, () => told.push("after the end"));
    call.bridge("A", "B1");
    call.unbridge();
    call.release("A");
    assert.deepEqual(told, []);
  });

  on("a call without sound ends with nothing to tell", async ({ call }) => {
    assert.deepEqual(await call.close(), []);
  });

  on("an end that was released can be described anew", async ({ answer, call, party }) => {
    const a = await party();
    await answer("A", a);
    call.release("A");
    await answer("A", a, { codecs: [8] });
    call.play("A", { kind: "busy" });
    await a.hearTone([425]);
  });
}
