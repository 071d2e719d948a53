import type { Result } from "../lib/result.ts";
import { err } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Failure } from "./failure.ts";
import type { Output } from "./output.ts";

/** A server that is started anew, or busy for a moment, answers again within it. */
export const PATIENCE_MS = 10_000;
const AGAIN_EVERY_MS = 500;

/** Asks; while no server answers, again, for `patienceMs`. That it does not is said once, and so is that it does again. */
export async function patiently<T>(
  ask: () => Promise<Result<T, Failure>>,
  output: Pick<Output, "err">,
  patienceMs = PATIENCE_MS,
): Promise<Result<T, Failure>> {
  let result = await ask();
  if (result.ok || result.error.type !== "unavailable") return result;
  const giveUpAt = systemClock.now() + patienceMs;
  const seconds = `${patienceMs / 1000} s`;
  output.err(`${result.error.sentence} It is asked again for ${seconds} …`);
  while (!result.ok && result.error.type === "unavailable") {
    if (systemClock.now() >= giveUpAt) {
      const sentence = `${result.error.sentence} Nothing else came for ${seconds}.`;
      return err({ type: "unavailable", sentence });
    }
    await new Promise<void>((resolve) => systemClock.after(AGAIN_EVERY_MS, resolve));
    result = await ask();
  }
  output.err("It answers again.");
  return result;
}
