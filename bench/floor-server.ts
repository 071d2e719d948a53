import { createSocket, type SocketOptions } from "node:dgram";
import { type Dispatcher, Pool } from "undici";
import type { Place } from "./rig.ts";

/** What the floor is told, as JSON in its first argument. */
export interface FloorTask {
  readonly server: Place;
  readonly caller: Place;
  readonly destination: Place;
  readonly receiver: Place;
}

/** As many as Switchhook's own webhook client would open. */
const CONNECTIONS = 100;

/** The same for each call: to read it off the INVITE would be work of ours. */
const REQUEST: Dispatcher.DispatchOptions = {
  method: "GET",
  path: "/route?did=%2B31501234567&callerid=%2B31612345678&callername=Jan%20de%20Vries",
};

/** Addresses are addresses already; Node's own look-up finds that out a tick later. */
const NO_LOOKUP: SocketOptions["lookup"] = (address, _options, callback) => callback(null, address, 4);

const TRYING = Buffer.from("SIP/2.0 100 Trying");
const NO_BODY = Buffer.from("\r\nContent-Length: 0\r\n\r\n");
const INVITE = "I".charCodeAt(0);

/** A 100 of what stands above the INVITE's Contact, which is what a response repeats, and a Max-Forwards. */
export function trying(invite: Buffer): Buffer {
  const headers = invite.subarray(invite.indexOf("\r\n"), invite.indexOf("\r\nContact:"));
  return Buffer.concat([TRYING, headers, NO_BODY]);
}

/** Whether the octets are a 100, which ends at the next hop (RFC 3261 §16.7). */
export function isTrying(octets: Buffer): boolean {
  return octets.toString("latin1", 8, 11) === "100";
}

/**
 * The least that Node can do for a call of this benchmark: the datagrams in and out, a 100, one HTTP request. It parses
 * nothing, holds no state, writes no record. What Switchhook costs above it is what we could save at all.
 */
function serve({ server, caller, destination, receiver }: FloorTask): void {
  const socket = createSocket({ type: "udp4", lookup: NO_LOOKUP });
  const origin = `http://${receiver.host}:${receiver.port}`;
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
  const toCaller = (octets: Buffer): void => socket.send(octets, caller.port, caller.host);
  const toDestination = (octets: Buffer): void => socket.send(octets, destination.port, destination.host);
  socket.on("message", (octets, from) => {
    if (from.port === destination.port) {
      if (!isTrying(octets)) toCaller(octets);
    } else if (octets[0] === INVITE) {
      toCaller(trying(octets));
      pool.dispatch(REQUEST, new Forwarding(() => toDestination(octets)));
    } else toDestination(octets);
  });
  socket.bind(server.port, server.host);
}

/** Goes on once the reply is there, whatever it says. */
class Forwarding implements Dispatcher.DispatchHandler {
  readonly #forward: () => void;

  constructor(forward: () => void) {
    this.#forward = forward;
  }

  onRequestStart(): void {}

  onResponseStart(): void {}

  onResponseData(): void {}

  onResponseEnd(): void {
    this.#forward();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    throw error;
  }
}

if (import.meta.main) serve(JSON.parse(process.argv[2] ?? "{}") as FloorTask);
