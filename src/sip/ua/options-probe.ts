import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import { buildRequest } from "../message/build.ts";
import type { Transactions } from "../transaction/user.ts";
import type { Flow } from "../transport/transport.ts";
import { contactFor } from "./context.ts";
import { NO_ANSWER, type PlaceWatch } from "./place-watch.ts";
import { mustBeSecure } from "./sips.ts";

export interface OptionsProbePorts {
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface OptionsProbeParts {
  readonly flow: Flow;
  /** Request-URI and To. */
  readonly uri: string;
  /** Our own address there, as a URI. */
  readonly from: string;
  /** Route header values, the first one first. */
  readonly routes: readonly string[];
  readonly contactUser: string | undefined;
  /** Without any answer for so long there is none. */
  readonly patienceMs: number;
  readonly watch: PlaceWatch;
  /** Called once, not after `cancel`. */
  readonly onDone: () => void;
}

/** Asks whether somebody is there: OPTIONS outside of any dialog (RFC 3261 §11). The function returned gives it up. */
export function sendOptions(ports: OptionsProbePorts, parts: OptionsProbeParts): () => void {
  const { transactions, clock, ids } = ports;
  const { flow, uri, from, routes, contactUser, patienceMs, watch, onDone } = parts;
  const request = buildRequest({
    method: "OPTIONS",
    uri,
    headers: [
      ...routes.map((route) => ["Route", route] as const),
      ["Max-Forwards", "70"],
      ["From", `<${from}>;tag=${ids.hex(64)}`],
      ["To", `<${uri}>`],
      ["Call-ID", ids.hex(128)],
      ["CSeq", "1 OPTIONS"],
      ["Contact", contactFor(flow, { contactUser, secure: mustBeSecure(uri, routes) })],
      ["Accept", "application/sdp"],
    ],
  });
  let over = false;
  const end = (tell: () => void): void => {
    if (over) return;
    over = true;
    silence.cancel();
    tell();
    onDone();
  };
  const silence = clock.after(patienceMs, () => {
    transaction.release();
    end(() => watch.failed(flow, NO_ANSWER));
  });
  const transaction = transactions.request(request, flow, {
    onResponse: (response) => end(() => watch.answered(flow, response)),
    onTimeout: () => end(() => watch.failed(flow, NO_ANSWER)),
    onTransportError: (reason) => end(() => watch.failed(flow, reason)),
  });
  return () => {
    over = true;
    silence.cancel();
    transaction.release();
  };
}
