import type { Switchboard } from "../call/switchboard.ts";
import type { CounterStore } from "../lib/counters.ts";
import type { Control } from "../link/host.ts";
import type { MediaEngine } from "../media/engine.ts";
import type { ServerStatus } from "../model/server-status.ts";
import type { LoopDelay } from "./loop-delay.ts";

/** What the status is read from; what is not there yet is undefined. */
export interface StatusParts {
  readonly board: Switchboard | undefined;
  readonly media: MediaEngine | undefined;
  readonly control: Control | undefined;
  readonly counters: CounterStore;
  readonly loopDelay: Pick<LoopDelay, "p99Seconds">;
}

/** How the process does now, for `/health` and `/metrics`. */
export function statusOf({ board, media, control, counters, loopDelay }: StatusParts): ServerStatus {
  const ofControl = control?.metrics() ?? { counters: {}, gauges: {} };
  const counts = board?.counts() ?? { calls: 0, dialogs: 0, transactions: 0 };
  const named = Object.entries(counters.snapshot()).map(
    ([name, value]) => [metricName(name), value] as const,
  );
  return {
    ready: board !== undefined && !board.supervisor.draining,
    reason: board === undefined ? "starting" : board.supervisor.draining ? "draining" : "",
    counters: { ...Object.fromEntries(named), ...ofControl.counters },
    gauges: {
      switchhook_calls_active: counts.calls,
      switchhook_outside_calls_active: board?.outsideCalls.up ?? 0,
      switchhook_outside_calls_last_minute: board?.outsideCalls.lastMinute ?? 0,
      switchhook_dialogs: counts.dialogs,
      switchhook_transactions: counts.transactions,
      switchhook_registrations: board?.stack.location.size ?? 0,
      switchhook_event_loop_delay_p99_seconds: loopDelay.p99Seconds(),
      ...media?.metrics(),
      ...ofControl.gauges,
    },
  };
}

/** `sip_datagrams_dropped{reason="rate"}` becomes `switchhook_sip_datagrams_dropped_total{reason="rate"}`. */
function metricName(name: string): string {
  const brace = name.indexOf("{");
  return brace < 0
    ? `switchhook_${name}_total`
    : `switchhook_${name.slice(0, brace)}_total${name.slice(brace)}`;
}
