import { Registry } from "../../lib/registry.ts";
import type { Clock, Timer } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import type { MediaEnvironment } from "./environment.ts";
import type { FromMedia, MediaStart, ToMedia } from "./link.ts";
import { MessageFiles } from "./message-files.ts";
import { Pacer } from "./pacer.ts";
import { PortPool } from "./port-pool.ts";
import { ToneRecordings } from "./recording.ts";
import { BuiltinSession } from "./session.ts";

/** How often ends are looked after: reports, silences, hold tones, ms. */
const KEEP_UP_MS = 500;

/** The inside of the media thread: calls by their number, and what they share. */
export class MediaService {
  readonly #environment: MediaEnvironment;
  readonly #send: (message: FromMedia) => void;
  readonly #sessions = new Registry<number, BuiltinSession>();
  #timer: Timer | undefined;
  #told = "";

  constructor(start: MediaStart, clock: Clock, ids: Ids, send: (message: FromMedia) => void) {
    this.#send = send;
    this.#environment = {
      start,
      clock,
      ids,
      ports: new PortPool(start.ports, start.portRestMs, clock, ids),
      pacer: new Pacer(clock),
      files: new MessageFiles(),
      tones: new ToneRecordings(),
      counters: { received: 0, sent: 0, foreign: 0, malformed: 0 },
    };
    this.#planKeepUp();
  }

  receive(message: ToMedia): void {
    switch (message.type) {
      case "open":
        this.#sessions.set(
          message.call,
          new BuiltinSession(this.#environment, message.call, message.country, this.#send),
        );
        return;
      case "shutDown":
        this.close();
        return;
      case "crash":
        throw new Error("the media thread was asked to crash");
      default: {
        const session = this.#sessions.get(message.call);
        if (session === undefined) return;
        session.receive(message);
        if (message.type === "close") this.#sessions.delete(message.call);
      }
    }
  }

  close(): void {
    this.#timer?.cancel();
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }

  #planKeepUp(): void {
    this.#timer = this.#environment.clock.after(KEEP_UP_MS, () => {
      const now = this.#environment.clock.now();
      for (const session of this.#sessions.values()) session.keepUp(now);
      this.#tellMetrics();
      this.#planKeepUp();
    });
  }

  #tellMetrics(): void {
    const { ports, pacer, files, counters } = this.#environment;
    const values = {
      switchhook_media_ports_in_use: ports.used,
      switchhook_media_ports_resting: ports.resting,
      switchhook_media_playing: pacer.size,
      switchhook_media_message_cache_bytes: files.octets,
      switchhook_media_packets_received_total: counters.received,
      switchhook_media_packets_sent_total: counters.sent,
      switchhook_media_packets_foreign_total: counters.foreign,
      switchhook_media_packets_malformed_total: counters.malformed,
    };
    const told = Object.values(values).join(" ");
    if (told === this.#told) return;
    this.#told = told;
    this.#send({ type: "metrics", values });
  }
}
