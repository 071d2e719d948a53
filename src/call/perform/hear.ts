import { Hearing } from "../hearing.ts";
import type { CallDesk, CommandOf, Performing } from "./performer.ts";

/** Plays to the caller, whom we answer first if nobody has, and takes the keys it presses; see ../hearing.ts. */
export function hear(command: CommandOf<"play" | "collect">, desk: CallDesk): Performing {
  const hearing = new Hearing(desk.context, desk.sound, command, (outcome) => desk.done(outcome));
  let begun = false;
  const begin = (): void => {
    begun = true;
    hearing.start();
  };
  return {
    start: () => desk.answerCaller(begin, (reason) => desk.done({ type: "mediaFailed", reason })),
    stop() {
      if (begun) hearing.stop();
    },
    key(key) {
      if (begun) hearing.key(key);
    },
    keyHeld() {
      if (begun) hearing.keyHeld();
    },
  };
}
