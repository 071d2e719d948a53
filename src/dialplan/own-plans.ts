import { compileOwn } from "./compile.ts";
import type { Destination } from "./destination.ts";
import type { Directory } from "./directory.ts";
import type { Plan } from "./plan.ts";
import type { AnyStepDocument } from "./steps/registry.ts";

/** How long a phone that was dialled from another phone rings; no plan says otherwise. */
const INTERNAL_RING_SECONDS = 60;
/** Outside calls ring until the far side gives up; this only ends what nobody else does. */
const OUTSIDE_RING_SECONDS = 180;

/**
 * The plan of one step that a call from a phone walks, so that it is checked, routed, told and recorded like every other
 * call. `destination` has been understood and allowed already.
 */
export function planForDialling(destination: Destination, directory: Directory): Plan {
  return compileOwn("dialled by a phone", stepFor(destination), directory);
}

/** A call for help: the number as dialled, through the outbound trunk, past the guard that stops everything else. */
export function planForEmergency(number: string, directory: Directory): Plan {
  const step = { type: "emergency", number, ringSeconds: OUTSIDE_RING_SECONDS } as const;
  return compileOwn("emergency call", step, directory);
}

function stepFor(destination: Destination): AnyStepDocument {
  switch (destination.kind) {
    case "phone":
      return { type: "phone", phone: destination.extension, ringSeconds: INTERNAL_RING_SECONDS };
    case "group":
      return {
        type: "group",
        group: destination.extension,
        ringSeconds: INTERNAL_RING_SECONDS,
        ignoreForwarding: false,
      };
    case "external":
      return {
        type: "fixedDestination",
        number: destination.number,
        ringSeconds: OUTSIDE_RING_SECONDS,
      };
  }
}
