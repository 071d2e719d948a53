import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import type { MediaStart } from "./link.ts";
import type { MessageFiles } from "./message-files.ts";
import type { Pacer } from "./pacer.ts";
import type { PortPool } from "./port-pool.ts";
import type { ToneRecordings } from "./recording.ts";

/** What goes through all calls, counted; changes with each packet. */
export interface MediaCounters {
  received: number;
  sent: number;
  foreign: number;
  /** Neither RTP nor RTCP. */
  malformed: number;
}

/** What all calls of the media thread share. */
export interface MediaEnvironment {
  readonly start: MediaStart;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly ports: PortPool;
  readonly pacer: Pacer;
  readonly files: MessageFiles;
  readonly tones: ToneRecordings;
  readonly counters: MediaCounters;
}
