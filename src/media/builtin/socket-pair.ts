import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { MediaFault } from "../engine.ts";
import { mediaSaid } from "../words.ts";
import { type Bind, MediaSocket, type TakeDatagram } from "./media-socket.ts";
import type { PortPool } from "./port-pool.ts";

/** Ports that another program holds are passed over, up to so many for one end. */
const MAX_TRIES = 20;

/** An even port for RTP and the next one for RTCP (RFC 3550 §11). */
export interface SocketPair {
  readonly port: number;
  readonly rtp: MediaSocket;
  readonly rtcp: MediaSocket;
  /** Closes both; their ports rest. */
  close(): void;
}

/** Opens a pair from the pool. Never rejects. */
export async function openPair(
  pool: PortPool,
  bind: Bind,
  takeRtp: TakeDatagram,
  takeRtcp: TakeDatagram,
): Promise<Result<SocketPair, MediaFault>> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const port = pool.take();
    if (port === undefined) return fault(mediaSaid("media.portsUsedUp", {}));
    const rtp = await MediaSocket.open(bind, port, takeRtp);
    const rtcp = rtp.ok ? await MediaSocket.open(bind, port + 1, takeRtcp) : rtp;
    if (rtp.ok && rtcp.ok) {
      const close = (): void => {
        rtp.value.close();
        rtcp.value.close();
        pool.giveBack(port);
      };
      return ok({ port, rtp: rtp.value, rtcp: rtcp.value, close });
    }
    if (rtp.ok) rtp.value.close();
    pool.giveBack(port);
    if (!rtcp.ok && rtcp.error === "EADDRNOTAVAIL" && bind.fallback !== undefined) {
      return openPair(pool, { address: bind.fallback, family: bind.family }, takeRtp, takeRtcp);
    }
    // Somebody else's port: the next one may be free. Anything else would go wrong again.
    if (!rtcp.ok && rtcp.error !== "EADDRINUSE") return fault(reasonOf(rtcp.error, bind.address));
  }
  return fault(mediaSaid("media.portsTaken", { count: MAX_TRIES }));
}

function reasonOf(code: string, address: string): Said {
  if (code === "EMFILE" || code === "ENFILE") return mediaSaid("media.tooManyFiles", {});
  if (code === "EADDRNOTAVAIL") return mediaSaid("media.notOurAddress", { address });
  return mediaSaid("media.portFailed", { code });
}

function fault(reason: Said): Result<never, MediaFault> {
  return err({ status: 503, reason });
}
