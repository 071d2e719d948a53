import type { OutsideCallLimits } from "./outside-call-limits.ts";

/** Something that whoever runs the switchboard should look at before it hurts. */
export type Alert =
  /** 80 % of a limit of `security.outsideCalls` is used. Told once, until it has been below that again. */
  {
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
  };

/** Where alerts go: never blocks, never throws. */
export type AlertSink = (alert: Alert) => void;
