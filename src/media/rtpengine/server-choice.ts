import type { Result } from "../../lib/result.ts";
import { err } from "../../lib/result.ts";
import type { MediaFault } from "../engine.ts";
import { mediaSaid } from "../words.ts";
import { OVER } from "./faults.ts";
import type { NgFault } from "./ng-client.ts";
import type { Server, Servers } from "./servers.ts";
import { RtpengineSession } from "./session.ts";

/** What choosing needs of a call. */
export interface ServerChoiceParts {
  readonly servers: Servers;
  /** The call's name at rtpengine. */
  readonly label: string;
  /** Whether the call has ended meanwhile. */
  readonly isOver: () => boolean;
  readonly onChosen: () => void;
}

/**
 * Which rtpengine carries a call. The first command that takes a port chooses it; where that one does not answer, the next
 * is tried, as no end depends on it yet.
 */
export class ServerChoice {
  readonly #parts: ServerChoiceParts;
  #session: RtpengineSession | undefined;
  /** Whether it has given a port: before, no end depends on it. */
  #chosen = false;

  constructor(parts: ServerChoiceParts) {
    this.#parts = parts;
  }

  /** Undefined before an end was described. */
  get session(): RtpengineSession | undefined {
    return this.#session;
  }

  /** The rtpengine that was chosen; undefined while one is only tried. */
  get server(): Server | undefined {
    return this.#chosen ? this.#session?.server : undefined;
  }

  /** Runs a command that takes a port. */
  async run<T>(
    work: (session: RtpengineSession) => Promise<Result<T, NgFault>>,
  ): Promise<Result<T, MediaFault>> {
    if (this.#session !== undefined) return asMedia(await work(this.#session), this.#session.server);
    const tried = new Set<Server>();
    let why = mediaSaid("rtpengine.noneAnswers", {});
    for (;;) {
      const server = this.#parts.servers.choose(tried);
      if (server === undefined) {
        return err({ status: 503, reason: mediaSaid("rtpengine.none", { why }) });
      }
      const session = new RtpengineSession(server, this.#parts.label);
      this.#session = session;
      const result = await work(session);
      if (this.#parts.isOver()) return err(OVER);
      if (result.ok) {
        this.#chosen = true;
        server.calls += 1;
        this.#parts.onChosen();
        return result;
      }
      this.#session = undefined;
      why = mediaSaid("rtpengine.says", { server: server.name, why: result.error.reason });
      tried.add(server);
    }
  }
}

/** Whatever it has against it (full, out of ports, restarted), for the caller it is that there is no sound to be had. */
function asMedia<T>(result: Result<T, NgFault>, server: Server): Result<T, MediaFault> {
  if (result.ok) return result;
  const { reason: why } = result.error;
  return err({ status: 503, reason: mediaSaid("rtpengine.refused", { server: server.name, why }) });
}
