/** Methods that we take (RFC 3261 §20.5). REFER is a known deviation, see ../README.md. */
export const METHODS = [
  "INVITE",
  "ACK",
  "CANCEL",
  "BYE",
  "OPTIONS",
  "REGISTER",
  "PRACK",
  "UPDATE",
  "INFO",
] as const;

export const ALLOW = METHODS.join(", ");

/** Extensions that we understand in a Require (RFC 3261 §8.2.2.3). */
export const SUPPORTED = ["100rel", "timer", "path"] as const;

/** Methods that exist but are not served here: 405, where an unknown one gets 501. */
export const REGISTERED_METHODS: ReadonlySet<string> = new Set([
  ...METHODS,
  "REFER",
  "SUBSCRIBE",
  "NOTIFY",
  "MESSAGE",
  "PUBLISH",
]);
