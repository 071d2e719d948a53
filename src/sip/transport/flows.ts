import { tlsErrorReason } from "./tls-errors.ts";
import type { Flow } from "./transport.ts";

/** A flow of our own: one that octets can be written to. */
export interface WritableFlow extends Flow {
  /** Sends octets. `onError` is called at most once, later, never inside `write`. */
  write(bytes: Buffer, onError: (reason: string) => void): void;
}

/** For octets whose loss nobody waits for: answers to faults, keep-alives. */
export function ignoreError(): void {}

/** Calls back after the present event is over. */
export function failLater(onError: (reason: string) => void, reason: string): void {
  queueMicrotask(() => onError(reason));
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection reset by the peer"],
  ["EPIPE", "connection closed by the peer"],
  ["ETIMEDOUT", "connection timed out"],
  ["EHOSTUNREACH", "no route to the host"],
  ["ENETUNREACH", "no route to the network"],
  ["EMSGSIZE", "too large for one datagram"],
  ["ENOBUFS", "the send buffer is full"],
  ["EADDRNOTAVAIL", "this machine does not have that address"],
  ["EACCES", "the system does not allow to send there"],
  ["EPERM", "the system does not allow to send there"],
  ["EINVAL", "the address cannot be reached from this listener"],
]);

/** A socket error in words, without addresses. */
export function socketErrorReason(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return (
    REASONS.get(code) ?? tlsErrorReason(code) ?? (code === "" ? error.message : `${error.message} (${code})`)
  );
}
