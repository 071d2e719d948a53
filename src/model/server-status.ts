/** How the signalling side is doing, asked for when `/ready` or `/metrics` is. */
export interface ServerStatus {
  /** Takes new calls: started, and not draining. */
  readonly ready: boolean;
  /** Why not ready; empty when it is. */
  readonly reason: string;
  /** Counters by metric name, as Prometheus names them: `switchhook_calls_total`. */
  readonly counters: Readonly<Record<string, number>>;
  /** Values that go up and down: `switchhook_calls_active`. */
  readonly gauges: Readonly<Record<string, number>>;
}
