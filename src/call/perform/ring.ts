import type { OutsideCall } from "../../board/outside-calls.ts";
import type { RingResult } from "../../dialplan/outcome.ts";
import type { Why } from "../../lib/said.ts";
import { Ringing } from "../ringing.ts";
import type { Performer } from "./performer.ts";

/** Rings, until somebody answers or nobody does; see ../ringing.ts. */
export const ring: Performer<"ring"> = {
  type: "ring",
  perform(command, desk) {
    const { context, sound, callee, tried } = desk;
    const ended = (result: RingResult, status: number, detail: Why): void => {
      sound.stopRinging();
      tried.rang(result, status, detail);
      desk.done({ type: "rang", result, status, detail });
    };
    const ringing = new Ringing(context, command, (leg) => sound.describeTo(leg), {
      onProgress: (leg, status, body, tag) => sound.progress(leg, status, body, tag),
      onAnswered(leg, session, body, acknowledge) {
        const { outside } = leg.cause;
        if (outside !== undefined) desk.own(endOf(outside));
        callee.answered({ leg, session, body, acknowledge }, (fault, detail) => {
          tried.fault = fault;
          ended("failed", fault.status, detail);
        });
      },
      mayConvert: (leg) => sound.mayConvert(leg),
      onUndescribed(fault) {
        tried.fault = fault;
      },
      onLegOver: (leg) => sound.release(leg),
      onForwarded(forward) {
        const answer = desk.ask({ type: "forwarded", forward });
        return answer?.type === "follow" ? answer : undefined;
      },
      onEnded: ended,
    });
    return { start: () => ringing.start(), stop: (headers) => ringing.stop(headers) };
  },
};

/** Counted until the call is over, however that comes. Made here, so that what is kept for it is no more than that. */
function endOf(outside: OutsideCall): () => void {
  return () => outside.end(true);
}
