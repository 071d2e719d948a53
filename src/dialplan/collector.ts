import { type CollectRule, MAX_CODE_DIGITS } from "./command.ts";
import type { CollectEnd } from "./outcome.ts";

/** `total`: from the end of the message, or from the key that ended it. `interDigit`: from the end of each digit. */
export type CollectorTimer = "total" | "interDigit";

/** What the shell tells the collector. */
export type CollectorEvent =
  /** The message came to its end by itself. */
  | { readonly type: "promptEnded" }
  /** One key: `0`–`9`, `*`, `#`, `A`–`D`; anything else is ignored. */
  | { readonly type: "digit"; readonly digit: string }
  /** The key that was told last is still down, or has just been let go. */
  | { readonly type: "held" }
  /** A timer that was started has fired. */
  | { readonly type: "timer"; readonly timer: CollectorTimer };

/** What the collector asks of the shell, to be done in order. */
export type CollectorCommand =
  | { readonly type: "stopPrompt" }
  /** A timer of this name that still runs is replaced. */
  | { readonly type: "startTimer"; readonly timer: CollectorTimer; readonly ms: number }
  | { readonly type: "cancelTimer"; readonly timer: CollectorTimer }
  /** The end, told once; no timer runs any more. `digits` is empty only where `ended` is `timeout`. */
  | { readonly type: "done"; readonly digits: string; readonly ended: CollectEnd };

/** Where a collection is: plain data. */
export type Collector =
  /** The message plays; no timer runs. */
  | { readonly phase: "prompt"; readonly rule: CollectRule }
  /** `total` runs, and `interDigit` while there are digits. */
  | { readonly phase: "typing"; readonly rule: CollectRule; readonly digits: string }
  | { readonly phase: "done" };

/** A state, and what to do on the way there. */
export type CollectorStep = readonly [Collector, readonly CollectorCommand[]];

const DONE: Collector = { phase: "done" };

/** Begins to collect; `prompted`: a message is being played, whose end will be told. */
export function startCollector(rule: CollectRule, prompted: boolean): CollectorStep {
  return prompted ? [{ phase: "prompt", rule }, []] : listen(rule);
}

/**
 * Collects the keys of a code or of a menu (webhook.md, IVR). Pure: what to do comes back as commands. Events that
 * come too late (after the end, of a timer that was cancelled) change nothing.
 */
export function stepCollector(state: Collector, event: CollectorEvent): CollectorStep {
  if (state.phase === "done") return [state, []];
  switch (event.type) {
    case "promptEnded":
      return state.phase === "prompt" ? listen(state.rule) : [state, []];
    case "digit":
      return key(state, event.digit);
    case "held":
      // RFC 4733 §2.5.1.4: the pause begins where the key ends, not where it began.
      return state.phase === "typing" && state.digits !== ""
        ? [state, [startTimer("interDigit", state.rule.interDigitMs)]]
        : [state, []];
    case "timer":
      return expire(state, event.timer);
  }
}

function listen(rule: CollectRule): CollectorStep {
  return [{ phase: "typing", rule, digits: "" }, [startTimer("total", rule.timeoutMs)]];
}

type Live = Exclude<Collector, { readonly phase: "done" }>;

function key(state: Live, pressed: string): CollectorStep {
  const { rule } = state;
  const typed = state.phase === "typing" ? state.digits : "";
  if (isDigit(pressed, rule)) return add(state, typed, pressed);
  // With nothing typed neither `#` nor `*` does anything: a `#` after a code that was complete without it must not
  // end the next attempt, nor cut off the message that says why there is one (docs/adr/0027).
  if (state.phase === "prompt" || typed === "") return [state, []];
  if (pressed === "#") return [DONE, [cancelTimer("total"), cancelTimer("interDigit"), done(typed, "hash")]];
  if (pressed === "*") return [{ ...state, digits: "" }, [cancelTimer("interDigit")]];
  return [state, []];
}

function isDigit(pressed: string, rule: CollectRule): boolean {
  return (rule.keys === "menu" ? /^[0-9*#]$/ : /^[0-9]$/).test(pressed);
}

/** A digit: the first of them ends the message, the last of a code of known length completes it. */
function add(state: Live, typed: string, digit: string): CollectorStep {
  const { rule } = state;
  const digits = typed + digit;
  const commands: CollectorCommand[] = state.phase === "prompt" ? [{ type: "stopPrompt" }] : [];
  if (digits.length >= Math.min(rule.length ?? MAX_CODE_DIGITS, MAX_CODE_DIGITS)) {
    if (state.phase === "typing") commands.push(cancelTimer("total"));
    if (typed !== "") commands.push(cancelTimer("interDigit"));
    return [DONE, [...commands, done(digits, "length")]];
  }
  if (state.phase === "prompt") commands.push(startTimer("total", rule.timeoutMs));
  commands.push(startTimer("interDigit", rule.interDigitMs));
  return [{ phase: "typing", rule, digits }, commands];
}

/** Digits that are there when a timer fires are the code: only where there are none the caller was too late. */
function expire(state: Live, timer: CollectorTimer): CollectorStep {
  if (state.phase === "prompt") return [state, []];
  const { digits } = state;
  if (timer === "total") {
    const cancel = digits === "" ? [] : [cancelTimer("interDigit")];
    return [DONE, [...cancel, done(digits, "timeout")]];
  }
  // Cleared by `*` while the timer was about to fire.
  if (digits === "") return [state, []];
  return [DONE, [cancelTimer("total"), done(digits, "silence")]];
}

function startTimer(timer: CollectorTimer, ms: number): CollectorCommand {
  return { type: "startTimer", timer, ms };
}

function cancelTimer(timer: CollectorTimer): CollectorCommand {
  return { type: "cancelTimer", timer };
}

function done(digits: string, ended: CollectEnd): CollectorCommand {
  return { type: "done", digits, ended };
}
