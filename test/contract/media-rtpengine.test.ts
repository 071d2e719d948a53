// What only real rtpengines show: sounds that are sent along, and a stranger who is quicker than the party.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { MediaCall } from "../../src/media/engine.ts";
import { createRtpengineMedia, type RtpengineMedia } from "../../src/media/rtpengine/rtpengine.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { randomIds } from "../../src/runtime/ids.ts";
import { needs } from "../interop/needs.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { RtpParty } from "../support/rtp-party.ts";
import { startRtpengine, type TestRtpengine } from "../support/rtpengine.ts";
import { toneMessage } from "../support/tone-message.ts";

describe("an rtpengine on another machine", { skip: needs("rtpengine") }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-sent-"));
  const at = ownAddress();
  let rtpengine: TestRtpengine;
  let media: RtpengineMedia;

  before(async () => {
    const host = ownAddress();
    const opened = await createRtpengineMedia({
      clock: systemClock,
      ids: randomIds(),
      log: () => undefined,
      servers: [{ host: at, port: 2223, sharesFiles: false }],
      digits: { host, port: 0 },
      folder,
    });
    if (!opened.ok) assert.fail(opened.error);
    media = opened.value;
    rtpengine = startRtpengine(`${host}:${media.digitPort}`, at);
    await until("rtpengine to answer", () => media.metrics().switchhook_media_rtpengine_servers_up === 1);
  });
  after(async () => {
    await media.close();
    await rtpengine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (): MediaCall =>
    media.open(
      { callId: "c", country: "NL" },
      { onDigit: () => undefined, onSilent: () => undefined, onLost: (reason) => assert.fail(reason) },
    );

  async function answered(call: MediaCall, end: string, party: RtpParty): Promise<void> {
    const parts = { localAddress: "127.0.0.1", signallingAddress: party.address };
    assert.ok((await call.remoteOffer(end, party.sdp(), parts)).ok);
    const answer = await call.localAnswer(end);
    party.aim(answer.ok ? answer.value : assert.fail(answer.error.reason));
  }

  test("tones and short messages are heard, long ones are told to be too long", async () => {
    const call = open();
    const party = await RtpParty.quiet("127.0.0.1");
    await answered(call, "A", party);
    call.play("A", { kind: "busy" });
    await party.hearTone([425]);
    const done: unknown[] = [];
    call.play("A", toneMessage(folder, 440, 500), (result) => done.push(result));
    await party.hearTone([440]);
    await until("its end", () => done.length === 1);
    call.play("A", toneMessage(folder, 620, 9000), (result) => done.push(result));
    await until("the refusal", () => done.length === 2);
    assert.match(
      JSON.stringify(done),
      /^\[\{"ok":true\},\{"ok":false,"error":"Message .* lasts 9 s, .*\."\}\]$/,
    );
    await call.close();
    party.close();
  });

  test("a stranger who sends first is shut out within seconds, and the party is heard", async () => {
    const call = open();
    const [a, b, stranger] = [
      await RtpParty.quiet("127.0.0.1"),
      await RtpParty.quiet("127.0.0.1"),
      await RtpParty.quiet("127.0.0.2"),
    ];
    await answered(call, "A", a);
    await answered(call, "B1", b);
    call.bridge("A", "B1");
    stranger.aimAs(a);
    await stranger.speak(900, 200);
    const talking = Promise.all([a.speak(500, 3000), stranger.speak(900, 3000)]);
    await b.hearTone([500]);
    await talking;
    b.endpoint.forget();
    await Promise.all([a.speak(500, 400), stranger.speak(900, 400), b.hearTone([500])]);
    assert.ok(b.share(900) < 0.01);
    await call.close();
    for (const party of [a, b, stranger]) party.close();
  });
});
