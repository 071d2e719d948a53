// Over 5 s: sound is heard as long as it lasts.

import { createBuiltinMedia } from "../../src/media/builtin/host.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { withoutIpv6 } from "../support/rtpengine.ts";
import { mediaEngineContract } from "./media-engine.suite.ts";

mediaEngineContract({
  name: "built-in",
  skip: false,
  withoutIpv6,
  can: { oneSsrc: true, keyWithoutEnd: true, tonesBesideEvents: true, countsSent: true, keepsGoing: true },
  open() {
    const engine = createBuiltinMedia({
      clock: systemClock,
      log: () => undefined,
      ports: { min: 32_000, max: 32_599 },
    });
    return Promise.resolve({ engine, close: () => engine.close() });
  },
});
