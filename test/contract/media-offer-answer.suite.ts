import assert from "node:assert/strict";
import {
  at,
  type MediaEngineCase,
  mLine,
  type On,
  refused,
  shape,
  succeeded,
  talk,
  text,
} from "./media-scene.ts";

const REFUSED_VIDEO = ["m=video 40000 RTP/AVP 96", "a=rtpmap:96 VP8/90000"];

export function answers(on: On, kind: MediaEngineCase): void {
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
      await talk(six, four, 800);
    },
    kind.withoutIpv6,
  );
}

/** T4: sound of the one family, signalling of the other (RFC 6157). */
export function families(on: On): void {
  on(
    "T4: sound at an address of another family than ours is refused with 488, in a sentence",
    async (scene) => {
      const { call } = scene;
      const party = await scene.party();
      const parts = at(party);
      const six = Buffer.from(text(party.sdp()).replaceAll(/IN IP4 \S+/g, "IN IP6 2001:db8::1"));
      const offered = refused(await call.remoteOffer("A", six, parts));
      assert.equal(offered.status, 488);
      assert.match(offered.reason.text, /2001:db8::1/);
      succeeded(await call.localOffer("B1", parts));
      assert.equal(refused(await call.remoteAnswer("B1", six)).status, 488);
      // What it says next is taken as ever.
      await scene.answer("A", party);
      call.play("A", { kind: "busy" });
      await party.hearTone([425]);
    },
  );
}

export function offers(on: On): void {
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
