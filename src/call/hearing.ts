import { type Collector, type CollectorStep, startCollector, stepCollector } from "../dialplan/collector.ts";
import type { Command } from "../dialplan/command.ts";
import type { Outcome } from "../dialplan/outcome.ts";
import type { Result } from "../lib/result.ts";
import type { Said } from "../lib/said.ts";
import type { Sound } from "../media/engine.ts";
import { note, storySaid } from "../model/story-words.ts";
import type { Timer } from "../runtime/clock.ts";
import type { CallContext } from "./call-context.ts";

/** What is needed of the caller's sound. */
export interface HearingSound {
  play(sound: Sound, onDone: (result: Result<undefined, Said>) => void): void;
  /** What plays ends, for this reason. */
  silence(by: "key" | "hangup"): void;
  /** Look for tones too. */
  listen(on: boolean): void;
}

type HearCommand = Extract<Command, { type: "play" | "collect" }>;

/** Performs one play or collect command on a caller who has been answered (docs/adr/0030): a message, and the keys it presses. */
export class Hearing {
  readonly #context: CallContext;
  readonly #sound: HearingSound;
  readonly #command: HearCommand;
  readonly #onDone: (outcome: Outcome) => void;
  readonly #timers = new Map<string, Timer>();
  #collector: Collector | undefined;
  #over = false;

  constructor(
    context: CallContext,
    sound: HearingSound,
    command: HearCommand,
    onDone: (outcome: Outcome) => void,
  ) {
    this.#context = context;
    this.#sound = sound;
    this.#command = command;
    this.#onDone = onDone;
  }

  start(): void {
    // Barge-in, and a code without a message: tones are looked for from the start.
    this.#sound.listen(true);
    const message = this.#message();
    if (this.#command.type === "collect") {
      this.#step(startCollector(this.#command.rule, message !== undefined));
    } else if (message === undefined) {
      return this.#finish({
        type: "mediaFailed",
        reason: storySaid("note.messageGone", { message: this.#command.message }),
      });
    }
    if (message !== undefined && !this.#over) this.#sound.play(message, (result) => this.#played(result));
  }

  /** A key was pressed. */
  key(key: string): void {
    if (this.#over) return;
    if (this.#collector !== undefined) {
      return this.#step(stepCollector(this.#collector, { type: "digit", digit: key }));
    }
    // As a code's message: a `#` that follows a complete code must not cut off what is said about it.
    if (!/^[0-9]$/.test(key)) return;
    this.#sound.silence("key");
    this.#finish({ type: "played" });
  }

  /** A key that was told of is still down: the pause that ends a code has not begun. */
  keyHeld(): void {
    if (this.#over || this.#collector === undefined) return;
    this.#step(stepCollector(this.#collector, { type: "held" }));
  }

  /** The caller has gone. */
  stop(): void {
    if (this.#over) return;
    this.#end();
    this.#sound.silence("hangup");
  }

  #message(): Sound | undefined {
    const name = this.#command.message;
    const found = name === undefined ? undefined : this.#context.snapshot.audioMessages.get(name);
    if (name !== undefined && found === undefined)
      this.#context.recorder.add(note("A", "note.messageGone", { message: name }));
    return found === undefined ? undefined : { kind: "message", ...found };
  }

  #played(result: Result<undefined, Said>): void {
    if (this.#over) return;
    if (!result.ok) this.#context.recorder.add(note("A", "note.messageUnheard", { why: result.error }));
    if (this.#collector !== undefined)
      return this.#step(stepCollector(this.#collector, { type: "promptEnded" }));
    this.#finish(result.ok ? { type: "played" } : { type: "mediaFailed", reason: result.error });
  }

  #step([collector, commands]: CollectorStep): void {
    this.#collector = collector;
    for (const command of commands) {
      switch (command.type) {
        case "stopPrompt":
          this.#sound.silence("key");
          break;
        case "cancelTimer":
          this.#cancel(command.timer);
          break;
        case "startTimer": {
          const { timer, ms } = command;
          this.#cancel(timer);
          const fire = (): void => {
            if (this.#collector !== undefined)
              this.#step(stepCollector(this.#collector, { type: "timer", timer }));
          };
          this.#timers.set(timer, this.#context.clock.after(ms, fire));
          break;
        }
        case "done":
          this.#finish({ type: "collected", digits: command.digits, ended: command.ended });
          break;
      }
    }
  }

  #cancel(timer: string): void {
    this.#timers.get(timer)?.cancel();
    this.#timers.delete(timer);
  }

  #finish(outcome: Outcome): void {
    this.#end();
    this.#onDone(outcome);
  }

  #end(): void {
    this.#over = true;
    this.#sound.listen(false);
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
