import { resolve as absolute, join } from "node:path";
import { parseHostPort } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import { createBuiltinMedia } from "../media/builtin/host.ts";
import type { MediaEngine } from "../media/engine.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import type { Logger } from "../runtime/logger.ts";

/** The engine that the settings ask for: ours, or rtpengine. Throws with what the person should read. */
export async function makeMedia(
  settings: Settings,
  { ids, log }: { readonly ids: Ids; readonly log: Logger },
): Promise<MediaEngine> {
  const { rtpMin, rtpMax, rtpAddress, silenceSeconds, holdSilenceSeconds } = settings;
  const common = {
    clock: systemClock,
    log: (level: "error" | "warn" | "info", text: string) => log[level]({}, text),
    silentMs: silenceSeconds * 1000,
    silentOnHoldMs: holdSilenceSeconds * 1000,
  };
  const { rtpengine, rtpengineDigits, rtpengineFiles, dataDir } = settings;
  if (rtpengine.length === 0) {
    return createBuiltinMedia({
      ...common,
      ports: { min: rtpMin, max: rtpMax },
      externalAddresses: rtpAddress,
    });
  }
  const { createRtpengineMedia } = await import("../media/rtpengine/rtpengine.ts");
  const made = await createRtpengineMedia({
    ...common,
    ids,
    servers: rtpengine.map((text) => ({ ...placeOf(text), sharesFiles: rtpengineFiles === "shared" })),
    digits: placeOf(rtpengineDigits),
    folder: join(absolute(dataDir), "tones"),
  });
  if (made.ok) return made.value;
  throw new Error(made.error);
}

/** Of a setting that has been checked. */
function placeOf(text: string): { readonly host: string; readonly port: number } {
  return parseHostPort(text) ?? { host: "", port: 0 };
}
