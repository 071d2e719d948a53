import type { E164 } from "../../src/dialplan/number.ts";

/** A number that a test says is one. */
export const e164 = (number: `+${number}`): E164 => number as string as E164;
