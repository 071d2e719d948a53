import type { Sound } from "../media/engine.ts";
import type { HeardUntil } from "../model/call-record.ts";
import type { Recorder } from "./recorder.ts";
import { CALLER } from "./sound.ts";

/** Tells the record what the caller hears from us, one sound after the other, and why each of them ended. */
export class Heard {
  readonly #recorder: Recorder;
  #plays = false;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  begin(sound: Sound): void {
    this.end("replaced");
    this.#plays = true;
    const { kind } = sound;
    const heard = kind === "message" ? { kind, name: sound.name, durationMs: sound.durationMs } : { kind };
    this.#recorder.add({ type: "soundBegins", leg: CALLER, sound: heard });
  }

  /** Nothing where nothing plays. */
  end(by: HeardUntil): void {
    if (!this.#plays) return;
    this.#plays = false;
    this.#recorder.add({ type: "soundEnds", leg: CALLER, by });
  }
}
