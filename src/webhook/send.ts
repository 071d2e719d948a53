import type { Result } from "../lib/result.ts";
import type { Failure, Phase } from "./reasons.ts";

/** One HTTP request, as interceptors hand it down. */
export interface HttpRequest {
  /** `http://crm.example:8080`, canonical. */
  readonly origin: string;
  /** Path and query as they go on the request line. */
  readonly target: string;
  /** Id of the call: `callid` of the webhook's values, fit for a header. */
  readonly callId: string;
  /** Name, value, name, value …: what any receiver may see. */
  readonly headers: readonly string[];
  /** The same, but only for the origin of the webhook's own URL: never sent to another after a redirect. */
  readonly secretHeaders: readonly string[];
  /** False: a redirect is a failure. */
  readonly followRedirects: boolean;
  /** Whole time allowed, redirects included. */
  readonly timeoutMs: number;
  readonly progress: Progress;
}

/** A final reply (never 1xx), its body whole. */
export interface HttpReply {
  readonly status: number;
  readonly location: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: Uint8Array;
  /** Where redirects led, in order; empty without. */
  readonly hops: readonly string[];
}

/** Makes one request. Never rejects. */
export type Send = (request: HttpRequest) => Promise<Result<HttpReply, Failure>>;

/** A function around a `Send`: deadline, redirects, tracing; later retry, signing, breaker. */
export type Interceptor = (next: Send) => Send;

/** Puts interceptors around a `Send`, the first one outermost. */
export function compose(send: Send, interceptors: readonly Interceptor[]): Send {
  return interceptors.reduceRight((next, interceptor) => interceptor(next), send);
}

/** How far a request is, shared by the layers of one request; the one mutable thing among them. */
export class Progress {
  phase: Phase = "connecting";
  /** The host being talked to, as sentences name it. */
  host = "";
  #cancelled = false;
  #onCancel: (() => void) | undefined;

  /** The deadline has passed: what is still running must be dropped. */
  get cancelled(): boolean {
    return this.#cancelled;
  }

  cancel(): void {
    this.#cancelled = true;
    this.#onCancel?.();
  }

  /** Says how to drop what is running now; replaces what was said before. */
  whenCancelled(drop: (() => void) | undefined): void {
    this.#onCancel = drop;
  }
}
