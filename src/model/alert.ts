import type { OutsideCallLimits } from "./outside-call-limits.ts";

/** Something that whoever runs the switchboard should look at before it hurts. */
export type Alert = OutsideCallsNearLimit | DestinationRefused;

/** 80 % of a limit of `security.outsideCalls` is used. Told once, until it has been below that again. */
export interface OutsideCallsNearLimit {
  readonly code: "outsideCallsNearLimit";
  readonly args: {
    readonly limit: keyof OutsideCallLimits;
    /** The phone, for the limit `perPhone`. */
    readonly phone: string | undefined;
    readonly used: number;
    readonly allowed: number;
  };
  /** The same for a person. */
  readonly sentence: string;
}

/** A webhook returned a destination that is not called: another country, a premium or satellite number, help. */
interface DestinationRefused {
  readonly code: "destinationRefused";
  readonly args: {
    readonly plan: string;
    /** The step that would have rung it. */
    readonly step: string;
    /** Why, as the guard has it (dialplan/destination.ts). */
    readonly refused: string;
  };
  /** With the destination in it. */
  readonly sentence: string;
}

/** Where alerts go: never blocks, never throws. */
export type AlertSink = (alert: Alert) => void;
