import assert from "node:assert/strict";
import { RTP_HEADER_OCTETS, writeRtpHeader } from "../../src/media/rtp/packet.ts";
import type { RtpParty } from "../support/rtp-party.ts";
import { at, type On, type Scene, succeeded, talk } from "./media-scene.ts";

/** What a phone behind NAT says of itself; its packets come from elsewhere. */
const PRIVATE = "10.20.30.40";

/** Where parties are, when they hold, move, or are moved by a NAT. */
export function places(on: On): void {
  for (const [title, address] of [
    ["that is reached where it says", undefined],
    ["behind NAT", PRIVATE],
  ] as const) {
    const parts = address === undefined ? {} : { address };
    on(
      `M6: a phone ${title} holds with c=0.0.0.0 for seconds, and hears and is heard when it is back`,
      async (scene) => {
        const { a, b } = await scene.bridged(parts);
        await talk(a, b);
        await scene.answer("A", a, { address: "0.0.0.0" });
        // Longer than rtpengine is asked how it stands.
        await b.speak(700, 2500);
        await scene.answer("A", a, parts);
        a.endpoint.forget();
        b.endpoint.forget();
        await talk(a, b, 3000);
      },
    );
  }

  on("M8: music of a party that holds with c=0.0.0.0 is heard", async ({ answer, bridged }) => {
    const { a, b } = await bridged();
    await talk(a, b);
    await answer("A", a, { address: "0.0.0.0" });
    b.endpoint.forget();
    await Promise.all([a.speak(620, 2000), b.hearTone([620])]);
  });

  on(
    "M8: who is held in silence hears the tone of hold, until music comes or nobody holds",
    async (scene) => {
      const { a, b } = await scene.bridged();
      await talk(a, b);
      await scene.answer("A", a, { direction: "sendonly" });
      b.endpoint.forget();
      await b.hearTone([425]);
      const music = a.speak(620, 4000);
      await b.hearTone([620]);
      await music;
      await b.hearTone([425]);
      await scene.answer("A", a);
      await talk(a, b, 1500);
    },
  );

  on("M8: after a NAT has given a phone another port it is heard and hears by itself", async (scene) => {
    const { a, b } = await scene.bridged({ address: PRIVATE });
    await talk(a, b);
    const target = a.endpoint.target ?? assert.fail("it sends to nobody");
    await a.move();
    a.endpoint.sendTo(target);
    await Promise.all([a.speak(520, 12_000), b.speak(700, 12_000), a.hearTone([700]), b.hearTone([520])]);
  });

  for (const [title, ms, speaksMs] of [
    ["that speaks", 3000, 1500],
    ["that says nothing yet", 3000, 0],
    ["that falls silent", 5000, 500],
  ] as const) {
    on(
      `M9: sound follows a party at once to a place ${title}, though the old stream lingers`,
      async (scene) => {
        const { a, b } = await scene.bridged();
        await talk(a, b);
        const moved = await scene.party();
        a.endpoint.forget();
        const sentBefore = b.endpoint.sent;
        const [lingering, other] = [a.speak(500, ms), b.speak(700, ms)];
        await reoffer(scene, moved);
        // On a machine that stalls these may all be on their way still: what counts is who sent when, not when it came.
        const sentAtMove = b.endpoint.sent;
        if (speaksMs > 0) await Promise.all([moved.speak(520, speaksMs), b.hearTone([520])]);
        await moved.hearTone([700]);
        await Promise.all([lingering, other]);
        const [due, after] = [sentAtMove - sentBefore, b.endpoint.sent - sentAtMove];
        const [old, now] = [a.sound.length, moved.sound.length];
        assert.ok(
          old <= due + 5,
          `${old} packets went to the place that was left, of ${due} before the move`,
        );
        assert.ok(now >= after * 0.7, `${now} packets of ${after} went to the new one`);
      },
    );
  }
}

/** Payload types: what a party wants to get is not always what it sends (RFC 3264 §6.1). */
export function numbers(on: On): void {
  on("M7: one codec under two numbers: each gets its own", async (scene) => {
    const { call } = scene;
    const [a, b] = [await scene.party(), await scene.party()];
    await scene.answer("A", a, { codecs: [8] });
    const sdp = succeeded(await call.localOffer("B1", at(b), "A"));
    b.aim(sdp);
    const own = Buffer.from(b.sdp({ codecs: [8] }))
      .toString()
      .replaceAll(/(AVP|rtpmap:)( ?)8\b/g, "$1$2118");
    succeeded(await call.remoteAnswer("B1", Buffer.from(own)));
    call.bridge("A", "B1");
    await Promise.all([a.speak(500, 1500, 8), b.speak(700, 1500, 8), a.hearTone([700])]);
    const got = b.endpoint.heard.slice(3).map(({ payloadType }) => payloadType);
    assert.deepEqual([...new Set(got)], [118]);
    assert.ok(got.length > 40, `${got.length} packets`);
  });

  on("M7: keys that are sent with the number of our offer arrive with the receiver's", async (scene) => {
    const { a, b } = await scene.bridged({ event: 101 }, { codecs: [0], event: 97 });
    await talk(a, b);
    await b.key("4", { payloadType: 101 });
    await a.key("3", { payloadType: 101 });
    await a.until("an event", ({ endpoint }) => endpoint.heard.some(({ payload }) => payload.length === 4));
    await b.until("an event", ({ endpoint }) => endpoint.heard.some(({ payload }) => payload.length === 4));
    const events = (party: RtpParty): number[] =>
      party.endpoint.heard
        .filter(({ payload }) => payload.length === 4)
        .map(({ payloadType }) => payloadType);
    assert.deepEqual([[...new Set(events(a))], [...new Set(events(b))]], [[101], [97]]);
    assert.deepEqual(scene.digits.toSorted(), ["A 3 event", "B1 4 event"]);
  });
}

/** Comfort noise (RFC 3389) is for those who have agreed to it. */
export function noises(on: On): void {
  on("M8: comfort noise does not come to a party that never agreed to it", async ({ bridged }) => {
    const { a, b } = await bridged({ noise: true });
    await talk(a, b);
    for (let n = 0; n < 10; n++) {
      const octets = new Uint8Array(RTP_HEADER_OCTETS + 1);
      const timestamp = 1_000_000 + n * 160;
      writeRtpHeader({ payloadType: 13, marker: false, sequence: 40_000 + n, timestamp, ssrc: 99 }, octets);
      octets[RTP_HEADER_OCTETS] = 40;
      a.endpoint.sendRaw(octets);
    }
    await Promise.all([a.speak(520, 800), b.hearTone([520])]);
    assert.equal(b.endpoint.heard.filter(({ payloadType }) => payloadType === 13).length, 0);
  });
}

/** End A is where this party is from now on. */
async function reoffer({ call }: Scene, party: RtpParty): Promise<void> {
  succeeded(await call.remoteOffer("A", party.sdp(), at(party)));
  party.aim(succeeded(await call.localAnswer("A")));
}
