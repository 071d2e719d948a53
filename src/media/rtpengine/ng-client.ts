import { createSocket, type Socket } from "node:dgram";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Why } from "../../lib/said.ts";
import type { Clock, Timer } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import { mediaSaid } from "../words.ts";
import { decodeReply, encodeCommand, type NgCommand } from "./ng-message.ts";
import { readResult } from "./reply.ts";

/** Why a command brought nothing. */
export interface NgFault {
  /** `timeout`: not a word; `refused`: rtpengine said no; `closed`: we have stopped. */
  readonly kind: "timeout" | "refused" | "closed";
  /** What rtpengine said, or what happened, as the end of a sentence. */
  readonly reason: Why;
}

/** What happened on the way to one rtpengine, counted from the start. */
export interface NgCounts {
  commands: number;
  repeated: number;
  timeouts: number;
  refused: number;
  /** Datagrams that answer nothing that was asked. */
  strays: number;
}

export interface NgClientParts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** IP literal: nothing is looked up here. */
  readonly host: string;
  readonly port: number;
}

/** When a command is sent again with the same cookie, which rtpengine answers from memory; after the last it is over. */
const REPEAT_AFTER_MS = [200, 400, 600, 800] as const;
/** A connection that has so many commands open is stuck; more are refused at once. */
const MAX_OPEN = 5000;

interface OpenCommand {
  readonly datagram: Buffer;
  sent: number;
  timer: Timer | undefined;
  done(result: Result<unknown, NgFault>): void;
}

/**
 * Commands to one rtpengine over the ng protocol, from one connected socket: the kernel takes datagrams of nobody else.
 * Each is repeated until it is answered, four times in two seconds.
 */
export class NgClient {
  readonly counts: NgCounts = { commands: 0, repeated: 0, timeouts: 0, refused: 0, strays: 0 };
  readonly #clock: Clock;
  readonly #cookiePrefix: string;
  readonly #open = new Map<string, OpenCommand>();
  readonly #socket: Socket;
  readonly #host: string;
  readonly #port: number;
  #way: "none" | "connecting" | "connected" = "none";
  #closed = false;
  #commands = 0;

  constructor({ clock, ids, host, port }: NgClientParts) {
    this.#clock = clock;
    // Two of our processes, and one before and after a restart, must not share cookies.
    this.#cookiePrefix = ids.hex(64);
    this.#host = host;
    this.#port = port;
    this.#socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    this.#socket.on("message", (datagram) => this.#receive(datagram));
    // "Connection refused" while it is being restarted: the repetitions find out.
    this.#socket.on("error", () => undefined);
    this.#connect();
  }

  /** How many commands wait for their reply. */
  get open(): number {
    return this.#open.size;
  }

  /** Asks; resolves with the reply, whose `result` is `ok` or `pong`, after two seconds at the latest. Never rejects. */
  request(command: NgCommand): Promise<Result<unknown, NgFault>> {
    if (this.#closed)
      return Promise.resolve(err({ kind: "closed", reason: mediaSaid("rtpengine.stopped", {}) }));
    if (this.#open.size >= MAX_OPEN) {
      return Promise.resolve(
        err({ kind: "timeout", reason: mediaSaid("rtpengine.tooManyCommands", { most: MAX_OPEN }) }),
      );
    }
    this.#commands += 1;
    this.counts.commands += 1;
    const cookie = `${this.#cookiePrefix}_${this.#commands}`;
    return new Promise((resolve) => {
      const open: OpenCommand = {
        datagram: encodeCommand(cookie, command),
        sent: 0,
        timer: undefined,
        done: (result) => {
          open.timer?.cancel();
          this.#open.delete(cookie);
          resolve(result);
        },
      };
      this.#open.set(cookie, open);
      this.#attempt(open);
    });
  }

  /** Whoever waits is told that it is over. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const open of this.#open.values()) {
      open.done(err({ kind: "closed", reason: mediaSaid("rtpengine.stopped", {}) }));
    }
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  /** Without a route to it, as while this machine starts, the next attempt connects again. */
  #connect(): void {
    if (this.#way !== "none") return;
    this.#way = "connecting";
    // Node tells the callback of an error too (lib/dgram.js), though its types do not say so.
    this.#socket.connect(this.#port, this.#host, (error?: unknown) => {
      const failed = error instanceof Error;
      this.#way = failed ? "none" : "connected";
      if (failed) return;
      // What was asked before is on its way only now.
      for (const open of this.#open.values()) this.#send(open.datagram);
    });
  }

  #attempt(open: OpenCommand): void {
    const waitMs = REPEAT_AFTER_MS[open.sent];
    if (waitMs === undefined) {
      this.counts.timeouts += 1;
      open.done(err({ kind: "timeout", reason: mediaSaid("rtpengine.noReply", {}) }));
      return;
    }
    if (open.sent > 0) this.counts.repeated += 1;
    open.sent += 1;
    if (this.#way === "connected") this.#send(open.datagram);
    else this.#connect();
    open.timer = this.#clock.after(waitMs, () => this.#attempt(open));
  }

  #send(datagram: Buffer): void {
    this.#socket.send(datagram, () => undefined);
  }

  #receive(datagram: Buffer): void {
    const reply = decodeReply(datagram);
    const open = reply === undefined ? undefined : this.#open.get(reply.cookie);
    if (reply === undefined || open === undefined) {
      this.counts.strays += 1;
      return;
    }
    const result = readResult(reply.body);
    if (result.ok) return open.done(ok(reply.body));
    this.counts.refused += 1;
    open.done(err({ kind: "refused", reason: result.error }));
  }
}
