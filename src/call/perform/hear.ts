import { MAX_CODE_DIGITS } from "../../dialplan/command.ts";
import { Hearing } from "../hearing.ts";
import type { CallDesk, CommandOf, Performing } from "./performer.ts";

/** Plays to the caller, whom we answer first if nobody has, and takes the keys it presses; see ../hearing.ts. */
export function hear(command: CommandOf<"play" | "collect">, desk: CallDesk): Performing {
  const hearing = new Hearing(desk.context, desk.sound, command, (outcome) => desk.done(outcome));
  let begun = false;
  /** Pressed since we have answered, while the ACK was on its way: sound may be faster than signalling. */
  const pressed: string[] = [];
  const begin = (): void => {
    begun = true;
    hearing.start();
    for (const key of pressed) hearing.key(key);
  };
  return {
    start: () => desk.answerCaller(begin, (reason) => desk.done({ type: "mediaFailed", reason })),
    stop() {
      if (begun) hearing.stop();
    },
    key(key) {
      if (begun) hearing.key(key);
      else if (pressed.length < MAX_CODE_DIGITS) pressed.push(key);
    },
    keyHeld() {
      if (begun) hearing.keyHeld();
    },
  };
}
