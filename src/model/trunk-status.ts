/** A trunk of the running configuration, as it is now. Times are milliseconds since the epoch. */
export interface TrunkStatus {
  readonly name: string;
  readonly kind: "peer" | "registration";
  /** As configured. */
  readonly hosts: readonly string[];
  /** `waiting`: the last try to register failed, the next one follows. */
  readonly state: "peer" | "registered" | "registering" | "waiting" | "unregistering" | "stopped";
  /** `tls:192.0.2.9:5061`: where we are registered, else where the last call out was sent first. */
  readonly address: string | undefined;
  /** To our last REGISTER, in words: `200 OK`, or a sentence. */
  readonly lastAnswer: { readonly at: number; readonly answer: string } | undefined;
  readonly registeredUntil: number | undefined;
  /** Undefined while a REGISTER is on its way. */
  readonly nextRegisterAt: number | undefined;
  readonly lastCallIn: { readonly at: number; readonly from: string } | undefined;
  /** `answer` is empty while the trunk has not answered. */
  readonly lastCallOut: { readonly at: number; readonly answer: string } | undefined;
}
