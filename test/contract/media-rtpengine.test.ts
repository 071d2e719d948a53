// What only real rtpengines show: sounds that are sent along, and a stranger who is quicker than the party.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { needs } from "../interop/needs.ts";
import { until } from "../support/process.ts";
import { openRtpengineMedia } from "../support/rtpengine.ts";
import { toneMessage } from "../support/tone-message.ts";
import { type OpenEngine, openScene, type Scene, STRANGER } from "./media-scene.ts";

describe("an rtpengine on another machine", { skip: needs("rtpengine") }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-sent-"));
  let media: OpenEngine;
  let scene: Scene & { end(): Promise<void> };

  before(async () => {
    media = await openRtpengineMedia(folder, false);
  });
  beforeEach(() => {
    scene = openScene(media.engine, "c");
  });
  afterEach(() => scene.end());
  after(async () => {
    await media.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("tones and short messages are heard, long ones are told to be too long", async () => {
    const { call, caller } = scene;
    const party = await caller();
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
      /^\[\{"ok":true\},\{"ok":false,"error":\{"code":"rtpengine.messageTooLong",.*"text":"Message .* lasts 9 s, .*\."\}\}\]$/,
    );
  });

  test("a stranger who sends first is shut out within seconds, and the party is heard", async () => {
    const { a, b } = await scene.bridged();
    const stranger = await scene.party(STRANGER);
    stranger.aimAs(a);
    await stranger.speak(900, 200);
    const talking = Promise.all([a.speak(500, 3000), stranger.speak(900, 3000)]);
    await b.hearTone([500]);
    await talking;
    b.endpoint.forget();
    await Promise.all([a.speak(500, 400), stranger.speak(900, 400), b.hearTone([500])]);
    assert.ok(b.share(900) < 0.01);
  });
});
