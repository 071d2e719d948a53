import type { Result } from "../lib/result.ts";
import type { HttpFailure, Phase } from "./reasons.ts";
import type { Stopwatch, Timings } from "./stopwatch.ts";

export type HttpMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a request carries. */
export interface HttpBody {
  /** For `Content-Type`. */
  readonly type: string;
  readonly octets: Uint8Array;
}

/** One HTTP request, as interceptors hand it down. */
export interface HttpRequest {
  /** `http://crm.example:8080`, canonical. */
  readonly origin: string;
  /** Path and query as they go on the request line. */
  readonly target: string;
  /** Default: GET. */
  readonly method?: HttpMethod;
  /** Name, value, name, value …: what any receiver may see. */
  readonly headers: readonly string[];
  /** The same, but only for the origin of the first URL: never sent to another after a redirect. */
  readonly secretHeaders: readonly string[];
  readonly body?: HttpBody | undefined;
  /**
   * The receiver takes two such requests for one, so that it is sent again where a kept connection was closed under it.
   * Default: by the method (RFC 9110 §9.2.2), so true but for POST and PATCH.
   */
  readonly repeatable?: boolean;
  /** False: a redirect is a failure. */
  readonly followRedirects: boolean;
  /** Whole time allowed, redirects included. */
  readonly timeoutMs: number;
  /** Default: 64 KiB. */
  readonly maxReplyBytes?: number;
}

/** Names in lower case; several lines of one name are a list. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A final reply (never 1xx), its body whole. */
export interface HttpReply {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
  /** Where redirects led, in order; empty without. */
  readonly hops: readonly string[];
  readonly timings?: Timings;
}

/** A header's value, of several lines the first. `name` in lower case. */
export function headerOf({ headers }: Pick<HttpReply, "headers">, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "object" ? value[0] : value;
}

/** Makes one request, and says how far it is. Never rejects. */
export type Send = (request: HttpRequest, progress: Progress) => Promise<Result<HttpReply, HttpFailure>>;

/** A function around a `Send`: deadline, redirects; later retry, signing, breaker. */
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
  /** Of all hops together; undefined: nobody wants to know. */
  readonly stopwatch: Stopwatch | undefined;
  #cancelled = false;
  #onCancel: (() => void) | undefined;

  constructor(stopwatch?: Stopwatch) {
    this.stopwatch = stopwatch;
  }

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
