import { err } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Interceptor } from "../request.ts";

/**
 * One deadline over everything inside: name look-up, connecting, redirects, header and body. undici's own
 * timers are switched off, because its body timer counts the time between two chunks only (D1).
 */
export function deadline(clock: Clock): Interceptor {
  return (next) => (request, progress) =>
    new Promise((resolve, reject) => {
      const { timeoutMs } = request;
      const timer = clock.after(timeoutMs, () => {
        const { phase, host } = progress;
        resolve(err({ code: "deadline", ms: timeoutMs, phase, host }));
        progress.cancel();
      });
      void next(request, progress)
        .finally(() => timer.cancel())
        .then(resolve, reject);
    });
}
