import type { ReceiveStatistics } from "../rtp/receive-statistics.ts";
import { buildBye, buildReport, middleOfNtp, ntpTime, parseRtcp } from "../rtp/rtcp.ts";
import type { MediaEnvironment } from "./environment.ts";
import type { Source } from "./latch.ts";
import type { StreamSender } from "./stream-sender.ts";

/** Between two reports, in the mean (RFC 3550 §6.2), and drawn from half to one and a half of it (§6.3.1). */
const INTERVAL_MS = 5000;

/** RTCP of one end: what it tells the party, and what it learns from it. */
export class Reports {
  readonly #environment: Pick<MediaEnvironment, "clock" | "ids">;
  readonly #sender: StreamSender;
  readonly #statistics: ReceiveStatistics;
  /** Says nothing about us (RFC 7022). */
  readonly #cname: string;
  #dueAt: number;
  #sentBefore = 0;
  /** Where the party's reports come from, if from another port than it said. */
  #from: Source | undefined;

  constructor(
    environment: Pick<MediaEnvironment, "clock" | "ids">,
    sender: StreamSender,
    statistics: ReceiveStatistics,
  ) {
    this.#environment = environment;
    this.#sender = sender;
    this.#statistics = statistics;
    this.#cname = environment.ids.hex(96);
    this.#dueAt = environment.clock.now() + this.#interval();
  }

  /** Where the party wants its reports: it said so, but NAT may have changed that. */
  placeAt(address: string, port: number): Source {
    return this.#from?.address === address ? this.#from : { address, port };
  }

  /** The party says that it is elsewhere now, maybe on the same address. */
  forgetPlace(): void {
    this.#from = undefined;
  }

  /** The next report, if one is due. */
  due(now: number): Uint8Array | undefined {
    if (now < this.#dueAt) return undefined;
    this.#dueAt = now + this.#interval();
    const { ssrc, packets, octets } = this.#sender;
    const hasSent = packets !== this.#sentBefore;
    this.#sentBefore = packets;
    const sender = hasSent
      ? {
          ntp: ntpTime(this.#environment.clock.wall()),
          rtpTimestamp: this.#sender.timestampAt(now),
          packets: packets >>> 0,
          octets: octets >>> 0,
        }
      : undefined;
    return buildReport(ssrc, this.#cname, sender, this.#statistics.report(now));
  }

  /** The last thing that is sent. */
  bye(): Uint8Array {
    return buildBye(this.#sender.ssrc, this.#cname);
  }

  /** Reports of the party; false if they are none. */
  receive(octets: Uint8Array, from: Source, now: number): boolean {
    const packets = parseRtcp(octets);
    if (packets === undefined) return false;
    // The first port is kept: nobody else on the party's address can take the reports over. Port 0 is nobody's.
    if (from.port !== 0) this.#from ??= { address: from.address, port: from.port };
    for (const packet of packets)
      if (packet.kind === "senderReport") this.#statistics.noteSenderReport(middleOfNtp(packet.ntp), now);
    return true;
  }

  #interval(): number {
    return INTERVAL_MS / 2 + this.#environment.ids.integer(INTERVAL_MS);
  }
}
