import assert from "node:assert/strict";
import { createRtpengineMedia } from "../../src/media/rtpengine/rtpengine.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { randomIds } from "../../src/runtime/ids.ts";
import { needs } from "../interop/needs.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startRtpengine, withoutIpv6 } from "../support/rtpengine.ts";
import { mediaEngineContract } from "./media-engine.suite.ts";

mediaEngineContract({
  name: "rtpengine",
  skip: needs("rtpengine"),
  withoutIpv6,
  can: {
    oneSsrc: false,
    keyWithoutEnd: false,
    tonesBesideEvents: false,
    countsSent: false,
    keepsGoing: false,
  },
  async open(folder) {
    const host = ownAddress();
    const at = ownAddress();
    const media = await createRtpengineMedia({
      clock: systemClock,
      ids: randomIds(),
      log: () => undefined,
      servers: [{ host: at, port: 2223 }],
      digits: { host, port: 2299 },
      folder,
    });
    if (!media.ok) assert.fail(media.error);
    const rtpengine = startRtpengine(`${host}:${media.value.digitPort}`, at);
    await until(
      "rtpengine to answer",
      () => media.value.metrics().switchhook_media_rtpengine_servers_up === 1,
    );
    return {
      engine: media.value,
      async close() {
        await media.value.close();
        await rtpengine.stop();
      },
    };
  },
});
