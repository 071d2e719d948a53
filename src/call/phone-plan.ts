import type { Destination } from "../dialplan/destination.ts";
import type { Plan } from "../dialplan/plan.ts";
import { END } from "../dialplan/steps/step.ts";

/** How long a phone that was dialled from another phone rings; no plan says otherwise. */
const INTERNAL_RING_MS = 60_000;
/** Outside calls ring until the far side gives up; this only ends what nobody else does. */
const OUTSIDE_RING_MS = 180_000;

/**
 * The plan of one step that a call from a phone walks, so that it is routed, told and recorded like every other call.
 * `destination` has been understood and allowed already.
 */
export function planForDialling(destination: Destination): Plan {
  const base = { number: "1", next: END };
  const version = 1;
  switch (destination.kind) {
    case "phone":
      return {
        name: "dialled by a phone",
        version,
        steps: [{ ...base, type: "phone", phone: destination.extension, ringMs: INTERNAL_RING_MS }],
      };
    case "group":
      return {
        name: "dialled by a phone",
        version,
        steps: [
          {
            ...base,
            type: "group",
            group: destination.extension,
            ringMs: INTERNAL_RING_MS,
            ignoreForwarding: false,
          },
        ],
      };
    case "external":
      return {
        name: "dialled by a phone",
        version,
        steps: [
          {
            ...base,
            type: "fixedDestination",
            destination: destination.number,
            ringMs: OUTSIDE_RING_MS,
            callerIdForwarding: undefined,
          },
        ],
      };
  }
}

/** A call for help: the number as dialled, through the outbound trunk, past the guard that stops everything else. */
export function planForEmergency(number: string): Plan {
  const step = {
    number: "1",
    next: END,
    type: "fixedDestination",
    destination: number,
    ringMs: OUTSIDE_RING_MS,
    callerIdForwarding: undefined,
    emergency: true,
  } as const;
  return { name: "emergency call", version: 1, steps: [step] };
}
