import assert from "node:assert/strict";
import { until } from "../support/process.ts";
import { toneMessage } from "../support/tone-message.ts";
import { at, type MediaEngineCase, mLine, type On, refused, STRANGER, shape, talk } from "./media-scene.ts";

export function changes(on: On, folder: string): void {
  for (const [title, parts, direction] of [
    ["sendonly", { direction: "sendonly" }, "recvonly"],
    ["inactive", { direction: "inactive" }, "inactive"],
    ["c=0.0.0.0", { address: "0.0.0.0" }, "recvonly"],
  ] as const) {
    on(`hold by ${title}, and back again`, async ({ answer, bridged, call }) => {
      const { a, b, answered } = await bridged();
      await talk(a, b);
      const held = await answer("A", a, parts);
      assert.match(shape(held)[0] ?? "", new RegExp(`${direction}$`));
      assert.equal(mLine(held), mLine(answered));
      call.play("B1", { kind: "busy" });
      await b.hearTone([425]);
      // By now all has come that was under way when it was told.
      a.endpoint.forget();
      await b.speak(700, 200);
      assert.equal(a.sound.length, 0, "nothing is sent to a party that holds");
      call.stop("B1");
      await answer("A", a);
      await talk(a, b, 800);
    });
  }

  on("a tone at a party that holds goes on when it comes back", async ({ answer, call, caller }) => {
    const a = await caller();
    call.play("A", { kind: "busy" });
    await a.hearTone([425]);
    await answer("A", a, { direction: "inactive" });
    a.endpoint.forget();
    await a.speak(500, 200);
    assert.equal(a.sound.length, 0);
    await answer("A", a);
    await a.hearTone([425]);
  });

  on("a party that moves is heard and hears at its new address", async ({ answer, bridged }) => {
    const { a, b, answered } = await bridged();
    await talk(a, b);
    await a.move();
    a.endpoint.forget();
    assert.equal(mLine(await answer("A", a)), mLine(answered));
    await Promise.all([a.speak(520, 800), b.speak(700, 800), a.hearTone([700]), b.hearTone([520])]);
  });

  on("a party changes its codec in the middle of a call", async ({ answer, bridged }) => {
    const { a, b } = await bridged({ codecs: [0] });
    await talk(a, b);
    await answer("A", a, { codecs: [8] }, "B1");
    a.endpoint.forget();
    await talk(a, b, 800, [8, 0]);
    assert.ok(a.sound.slice(-10).every(({ payloadType }) => payloadType === 8));
  });

  on("a re-offer that cannot be used changes nothing", async ({ call, caller }) => {
    const a = await caller();
    call.play("A", toneMessage(folder, 440, 3000));
    await a.hearTone([440]);
    refused(await call.remoteOffer("A", a.sdp({ codecs: [96] }), at(a)));
    await a.hearTone([440]);
  });

  on("packets of a stranger do not reach the other party", async ({ bridged, call, party }) => {
    const { a, b } = await bridged();
    const stranger = await party(STRANGER);
    await talk(a, b);
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

export function endings(on: On, kind: MediaEngineCase, folder: string): void {
  on("the end of a call tells what went through; a second end is the same", async ({ bridged, call }) => {
    const { a, b } = await bridged({}, { codecs: [8] });
    await talk(a, b, 600, [0, 8]);
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

  on("after its end a call refuses everything in a sentence", async ({ call, caller }) => {
    const a = await caller();
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

  on("an end that was released can be described anew", async ({ answer, call, caller }) => {
    const a = await caller();
    call.release("A");
    await answer("A", a, { codecs: [8] });
    call.play("A", { kind: "busy" });
    await a.hearTone([425]);
  });
}
