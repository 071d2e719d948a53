/** `hint`: what a look from inside cannot tell, and what to look at. */
export type Level = "ok" | "hint" | "warning" | "fault";

/** What one look at the machine came to. */
export interface Finding {
  /** What was looked at: `ports`, `disk` … */
  readonly check: Check;
  readonly level: Level;
  readonly sentence: string;
  /** The line to type, to see more or to put it right. */
  readonly command?: string;
}

export const CHECKS = [
  "node",
  "settings",
  "folder",
  "disk",
  "clock",
  "ports",
  "limits",
  "buffers",
  "address",
  "firewall",
  "names",
  "certificate",
] as const;
export type Check = (typeof CHECKS)[number];

/** Makes the findings of one check. */
export function findingsOf(check: Check) {
  const make =
    (level: Level) =>
    (sentence: string, command?: string): Finding => ({
      check,
      level,
      sentence,
      ...(command === undefined ? {} : { command }),
    });
  return { ok: make("ok"), hint: make("hint"), warning: make("warning"), fault: make("fault") };
}
