import { type CollectorStep, startCollector, stepCollector } from "../dialplan/collector.ts";
import type { CollectRule } from "../dialplan/command.ts";
import type { CollectEnd } from "../dialplan/outcome.ts";

/** A person types about three keys a second. */
const KEY_EVERY_MS = 300;

/** What was typed, and how long that took. */
export interface Typed {
  readonly digits: string;
  readonly ended: CollectEnd;
  readonly tookMs: number;
}

/**
 * Types keys at a collector of digits, the very one that calls have, which takes no time here. The first key is pressed
 * while the message plays, if any; where there is none, the caller hears it out. `messageMs`: how long it lasts; undefined:
 * there is no message.
 */
export function typeKeys(rule: CollectRule, keys: string, messageMs: number | undefined): Typed {
  const timers = new Map<string, number>();
  let now = 0;
  let step = startCollector(rule, messageMs !== undefined);
  let typed = take(step, timers, now);
  for (const digit of keys) {
    if (typed !== undefined) break;
    // A timer that fires before the key is pressed comes first.
    const due = earliest(timers);
    if (due !== undefined && due[1] <= now + KEY_EVERY_MS) {
      now = due[1];
      timers.delete(due[0]);
      step = stepCollector(step[0], { type: "timer", timer: due[0] });
      typed = take(step, timers, now);
      if (typed !== undefined) break;
    }
    now += KEY_EVERY_MS;
    step = stepCollector(step[0], { type: "digit", digit });
    typed = take(step, timers, now);
  }
  if (typed === undefined && messageMs !== undefined && step[0].phase === "prompt") {
    now += messageMs;
    step = stepCollector(step[0], { type: "promptEnded" });
    typed = take(step, timers, now);
  }
  while (typed === undefined) {
    const due = earliest(timers);
    if (due === undefined) throw new Error("a collector waits for nothing");
    [, now] = due;
    timers.delete(due[0]);
    step = stepCollector(step[0], { type: "timer", timer: due[0] });
    typed = take(step, timers, now);
  }
  return { ...typed, tookMs: now };
}

type TimerName = "total" | "interDigit";

/** Does what the collector asks for; what was typed, once it is complete. */
function take([, commands]: CollectorStep, timers: Map<string, number>, now: number) {
  for (const command of commands) {
    if (command.type === "startTimer") timers.set(command.timer, now + command.ms);
    else if (command.type === "cancelTimer") timers.delete(command.timer);
    else if (command.type === "done") return { digits: command.digits, ended: command.ended };
  }
  return undefined;
}

function earliest(timers: ReadonlyMap<string, number>): readonly [TimerName, number] | undefined {
  const [first] = [...timers].sort(([, a], [, b]) => a - b);
  return first as [TimerName, number] | undefined;
}
