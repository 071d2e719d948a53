import { hear } from "./hear.ts";
import type { Performer } from "./performer.ts";

/** Plays a message; a key ends it. */
export const play: Performer<"play"> = { type: "play", perform: hear };
