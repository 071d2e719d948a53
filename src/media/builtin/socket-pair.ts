import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { MediaFault } from "../engine.ts";
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
    if (port === undefined) return fault("All media ports are in use or rest");
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
  return fault(`${MAX_TRIES} media ports in a row are held by other programs`);
}

function reasonOf(code: string, address: string): string {
  if (code === "EMFILE" || code === "ENFILE") return "The limit of open files is reached (ulimit -n)";
  if (code === "EADDRNOTAVAIL") return `The media address ${address} is not one of this machine`;
  return `A media port cannot be opened (${code})`;
}

function fault(reason: string): Result<never, MediaFault> {
  return err({ status: 503, reason: `${reason}.` });
}
