import { createSocket, type Socket } from "node:dgram";
import { z } from "zod";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import { DIGITS } from "../dtmf/digit.ts";
import type { Digit } from "../engine.ts";

/** A key, as rtpengine reports it when it is let go. */
export interface ReportedDigit {
  readonly callLabel: string;
  readonly tag: string;
  readonly digit: Digit;
}

export interface DigitPortParts {
  readonly clock: Clock;
  /** Where rtpengine sends them: its `--dtmf-log-dest`. Port 0: any, for tests. */
  readonly host: string;
  readonly port: number;
  onDigit(report: ReportedDigit): void;
}

const report = z.object({
  callid: z.string(),
  source_tag: z.string(),
  type: z.literal("DTMF"),
  timestamp: z.number(),
  event: z
    .number()
    .int()
    .min(0)
    .max(DIGITS.length - 1),
  duration: z.number(),
});

/** A key cannot end twice within this time: the same report again is a copy that the network made, ms. */
const COPY_MS = 40;

/**
 * The UDP port on which rtpengines report keys (`--dtmf-log-dest`), one JSON object a datagram. A report counts by the
 * label of its call, of which 64 bits are random; where it comes from says nothing: an rtpengine on a machine with
 * several addresses sends from any of them.
 */
export class DigitPort {
  readonly #socket: Socket;
  readonly #parts: DigitPortParts;
  #last = { text: "", at: Number.NEGATIVE_INFINITY };
  /** Datagrams that were no report. */
  dropped = 0;
  digits = 0;

  private constructor(parts: DigitPortParts) {
    this.#parts = parts;
    this.#socket = createSocket(parts.host.includes(":") ? "udp6" : "udp4");
  }

  /** Opens the port; an error is a sentence. */
  static async open(parts: DigitPortParts): Promise<Result<DigitPort, string>> {
    const port = new DigitPort(parts);
    const failure = await new Promise<Error | undefined>((resolve) => {
      port.#socket.once("error", resolve).bind(parts.port, parts.host, () => resolve(undefined));
    });
    if (failure !== undefined) {
      return err(
        `The port for keys from rtpengine, ${parts.host}:${parts.port}, cannot be opened: ${failure.message}.`,
      );
    }
    port.#socket.removeAllListeners("error");
    port.#socket.on("error", () => undefined);
    port.#socket.on("message", (datagram) => port.#receive(datagram));
    return ok(port);
  }

  /** The port that was opened. */
  get port(): number {
    return this.#socket.address().port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  #receive(datagram: Buffer): void {
    const read = readReport(datagram);
    const text = datagram.toString("latin1");
    const now = this.#parts.clock.now();
    if (read === undefined || (text === this.#last.text && now - this.#last.at < COPY_MS)) {
      this.dropped += 1;
      return;
    }
    this.#last = { text, at: now };
    this.digits += 1;
    this.#parts.onDigit(read);
  }
}

/** Reads a report of any origin; undefined if it is none. Never throws. */
export function readReport(datagram: Uint8Array): ReportedDigit | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(datagram).toString("utf8"));
  } catch {
    return undefined;
  }
  const read = report.safeParse(value);
  if (!read.success) return undefined;
  const digit = DIGITS[read.data.event];
  return digit === undefined ? undefined : { callLabel: read.data.callid, tag: read.data.source_tag, digit };
}
