import type { TraceArgs } from "../dialplan/trace.ts";

/** A request that a call made to a webhook, as health and lists of a webhook need it. */
export interface WebhookRequest {
  /** The webhook's name at that time. */
  readonly webhook: string;
  /** Milliseconds since the epoch: when the reply came, or was given up. */
  readonly at: number;
  readonly call: string;
  /** Among the requests of its call, from 0. */
  readonly nth: number;
  readonly verdict: string;
  /** Why the verdict is `error`. */
  readonly failure: string | undefined;
  readonly status: number | undefined;
  readonly elapsedMs: number;
  /** A sentence. */
  readonly reason: string;
  /** What it is made of, with the failure or the verdict as its code; undefined of older ones. */
  readonly args?: TraceArgs | undefined;
}

/** How a webhook did in a time. */
export interface WebhookFigures {
  readonly requests: number;
  /** Those that failed: no reply, or none that can be used. NAK is none. */
  readonly failures: number;
  /** Of the newest 20,000; undefined: there was none. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
}

export interface WebhookRequestRepository {
  /** Newest first; `before`: only older ones than this. */
  recent(
    webhook: string,
    limit: number,
    before?: Pick<WebhookRequest, "at" | "call" | "nth">,
  ): Promise<readonly WebhookRequest[]>;
  figures(webhook: string, since: number): Promise<WebhookFigures>;
  /** Names of webhooks that were asked since then. */
  askedSince(since: number): Promise<readonly string[]>;
}
