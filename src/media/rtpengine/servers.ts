import { formatHostPort } from "../../lib/host-port.ts";
import type { Clock, Timer } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import { NgClient } from "./ng-client.ts";

/** One rtpengine. */
export interface RtpengineServer {
  /** IP literal of its ng port (`--listen-ng`). */
  readonly host: string;
  readonly port: number;
  /**
   * Whether it reads the same files as we do. If not, sounds are sent along, and none may be longer than eight seconds.
   * By default: whether it is on this machine (loopback).
   */
  readonly sharesFiles?: boolean | undefined;
}

/** An rtpengine as we know it. `new`: it has not been heard yet, and may be tried. */
export class Server {
  readonly name: string;
  readonly host: string;
  readonly sharesFiles: boolean;
  readonly client: NgClient;
  health: "new" | "up" | "out" = "new";
  missed = 0;
  calls = 0;

  constructor(options: RtpengineServer, clock: Clock, ids: Ids) {
    const { host, port } = options;
    this.name = formatHostPort(host, port);
    this.host = host;
    this.sharesFiles = options.sharesFiles ?? (host === "::1" || host.startsWith("127."));
    this.client = new NgClient({ clock, ids, host, port });
  }
}

/** Each is asked for a sign of life this long after the last one was answered. */
const PING_EVERY_MS = 1000;
/** After so many that were not (each with its repetitions: two seconds) it is out. */
const MISSES_TO_BE_OUT = 2;

export interface ServersParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly servers: readonly RtpengineServer[];
  /** It answers no more: its calls are lost. */
  onOut(server: Server): void;
  /** It answers, for the first time or again. */
  onUp(server: Server): void;
}

/** The rtpengines of this installation, and which of them are well. */
export class Servers {
  readonly all: readonly Server[];
  readonly #parts: ServersParts;
  readonly #timers = new Map<Server, Timer>();
  #next = 0;
  #closed = false;

  constructor(parts: ServersParts) {
    this.#parts = parts;
    this.all = parts.servers.map((server) => new Server(server, parts.clock, parts.ids));
    for (const server of this.all) void this.#ping(server);
  }

  /** The next one in turn that is well and not among those that were tried; undefined: there is none. */
  choose(tried: ReadonlySet<Server>): Server | undefined {
    for (let turn = 0; turn < this.all.length; turn++) {
      const server = this.all[(this.#next + turn) % this.all.length];
      if (server === undefined || server.health === "out" || tried.has(server)) continue;
      this.#next = (this.#next + turn + 1) % this.all.length;
      return server;
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers.values()) timer.cancel();
    await Promise.all(this.all.map(({ client }) => client.close()));
  }

  async #ping(server: Server): Promise<void> {
    const answered = await server.client.request({ command: "ping" });
    if (this.#closed) return;
    if (answered.ok) {
      server.missed = 0;
      if (server.health !== "up") {
        server.health = "up";
        this.#parts.onUp(server);
      }
    } else {
      server.missed += 1;
      // One that has never answered is not waited for.
      if (server.health !== "out" && (server.missed >= MISSES_TO_BE_OUT || server.health === "new")) {
        server.health = "out";
        this.#parts.onOut(server);
      }
    }
    this.#timers.set(
      server,
      this.#parts.clock.after(PING_EVERY_MS, () => void this.#ping(server)),
    );
  }
}
