import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRtpengineMedia, type RtpengineMedia } from "../../src/media/rtpengine/rtpengine.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import { FakeRtpengine } from "../fakes/fake-rtpengine.ts";
import { seededIds } from "../fakes/seeded-ids.ts";

/** A media engine whose rtpengines answer as the test says. */
export interface FakedMedia {
  readonly fakes: readonly FakeRtpengine[];
  readonly media: RtpengineMedia;
  /** A value of `/metrics` that the rtpengine at this place has. */
  count(at: number, name: "calls" | "commands_open"): number | undefined;
  close(): Promise<void>;
}

export async function fakedMedia(rtpengines: number, clock: Clock): Promise<FakedMedia> {
  const fakes = await Promise.all(Array.from({ length: rtpengines }, () => FakeRtpengine.start()));
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-ng-"));
  const made = await createRtpengineMedia({
    clock,
    ids: seededIds(),
    log: () => undefined,
    servers: fakes.map(({ port }) => ({ host: "127.0.0.1", port })),
    digits: { host: "127.0.0.1", port: 0 },
    folder,
  });
  if (!made.ok) assert.fail(made.error);
  const media = made.value;
  return {
    fakes,
    media,
    count: (at, name) =>
      media.metrics()[`switchhook_media_rtpengine_${name}{server="127.0.0.1:${fakes[at]?.port}"}`],
    async close() {
      await media.close();
      for (const { socket } of fakes) socket.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
