// Over 5 s: sound is heard as long as it lasts.

import { needs } from "../interop/needs.ts";
import { openRtpengineMedia, withoutIpv6 } from "../support/rtpengine.ts";
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
  open: (folder) => openRtpengineMedia(folder, true),
});
