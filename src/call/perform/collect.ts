import { hear } from "./hear.ts";
import type { Performer } from "./performer.ts";

/** Plays a message, if any, and takes the digits of a code. */
export const collect: Performer<"collect"> = { type: "collect", perform: hear };
