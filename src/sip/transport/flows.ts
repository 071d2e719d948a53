import type { Said } from "../../lib/said.ts";
import { sipSaid } from "../words.ts";
import { tlsErrorReason, WrongNameError } from "./tls-errors.ts";
import type { Flow } from "./transport.ts";

/** A flow of our own: one that octets can be written to. */
export interface WritableFlow extends Flow {
  /** Sends octets. `onError` is called at most once, later, never inside `write`. */
  write(bytes: Buffer, onError: (reason: Said) => void): void;
}

/** For octets whose loss nobody waits for: answers to faults, keep-alives. */
export function ignoreError(): void {}

/** Calls back after the present event is over. */
export function failLater(onError: (reason: Said) => void, reason: Said): void {
  queueMicrotask(() => onError(reason));
}

const REASONS: ReadonlyMap<string, Said> = new Map(
  (
    [
      ["ECONNREFUSED", "flow.refused"],
      ["ECONNRESET", "flow.reset"],
      ["EPIPE", "flow.peerEnded"],
      ["ETIMEDOUT", "flow.timedOut"],
      ["EHOSTUNREACH", "flow.noRouteToHost"],
      ["ENETUNREACH", "flow.noRouteToNetwork"],
      ["EMSGSIZE", "flow.tooLarge"],
      ["ENOBUFS", "flow.bufferFull"],
      ["EADDRNOTAVAIL", "flow.notOurAddress"],
      ["EACCES", "flow.notAllowed"],
      ["EPERM", "flow.notAllowed"],
      ["EINVAL", "flow.wrongListener"],
    ] as const
  ).map(([name, code]) => [name, sipSaid(code, {})]),
);

/** What a socket's error means, without addresses. */
export function socketErrorReason(error: Error): Said {
  if (error instanceof WrongNameError) return error.said;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return REASONS.get(code) ?? tlsErrorReason(code) ?? sipSaid("flow.failed", { said: error.message, code });
}
