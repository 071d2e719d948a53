import type { WebhookValues } from "../dialplan/command.ts";
import type { WebhookResult } from "../dialplan/outcome.ts";
import { replySaid } from "../dialplan/reply-said.ts";
import { urlSecrets } from "../dialplan/url-secrets.ts";
import { createHttpClient, type HttpClientOptions } from "../http/client.ts";
import type { HttpFailure } from "../http/reasons.ts";
import { type HttpReply, type HttpRequest, headerOf } from "../http/request.ts";
import { Stopwatch, type Timings } from "../http/stopwatch.ts";
import { createMasker, MASK, type Masker } from "../lib/masker.ts";
import type { Result } from "../lib/result.ts";
import type { Said } from "../lib/said.ts";
import type { Webhook } from "../model/webhook.ts";
import { createWebhookClient } from "./client.ts";
import { describeFailure } from "./reasons.ts";
import { judgeReply, type ReplyJudgement, type Understand } from "./reply/judgement.ts";
import { decodeBytes, textOf } from "./reply/text.ts";

/** Marks the request of a trial in the receiver's log. */
export const TEST_HEADER: readonly string[] = ["x-switchhook-test", "1"];

/** A request or reply head, secrets masked. */
export type HeaderList = readonly { readonly name: string; readonly value: string }[];

/** What came of trying a webhook: everything that can be shown of it, its secrets masked. */
export interface WebhookTrial {
  /** Undefined: nothing was sent. */
  readonly request:
    | { readonly method: string; readonly url: string; readonly headers: HeaderList }
    | undefined;
  /** Undefined: none came. */
  readonly reply:
    | {
        readonly status: number;
        readonly headers: HeaderList;
        /** The whole body as it is read: UTF-8, or windows-1252 where it is not that. */
        readonly body: string;
        /** Where redirects led. */
        readonly hops: readonly string[];
      }
    | undefined;
  /** Milliseconds. */
  readonly timings: Timings;
  /** How a call takes the reply; undefined: there is none. */
  readonly judgement: ReplyJudgement | undefined;
  /** The verdict in a sentence, also where no reply came. */
  readonly said: Said;
}

export interface TrialParts extends HttpClientOptions {
  /** Of the product, for the User-Agent. */
  readonly version: string;
  readonly understand: Understand;
}

/**
 * Asks a webhook as a call does, by the client that calls use, but over connections of its own, so that every part of the
 * way is made and measured. Never rejects; over when the webhook's deadline has passed.
 */
export async function tryWebhook(
  parts: TrialParts,
  webhook: Webhook,
  values: WebhookValues,
): Promise<WebhookTrial> {
  const stopwatch = new Stopwatch(() => parts.clock.now());
  const http = createHttpClient({ ...parts, stopwatch });
  let sent: HttpRequest | undefined;
  let outcome: Result<HttpReply, HttpFailure> | undefined;
  let timings = stopwatch.read();
  const client = createWebhookClient({
    ...parts,
    logger: { warn() {} },
    http: {
      async send(request) {
        sent = { ...request, headers: [...request.headers, ...TEST_HEADER] };
        outcome = await http.send(sent);
        timings = stopwatch.read();
        return outcome;
      },
      close: () => http.close(),
    },
  });
  // Whoever tries it wants to see the answer, ignored or not.
  const result = await client.ask({ ...webhook, ignoreAnswer: undefined }, values);
  await client.close();
  const asked = {
    callerIdForwarding: webhook.callerIdForwarding,
    asksForCode: webhook.ivr !== undefined,
    ignoresAnswer: webhook.ignoreAnswer,
  };
  const reply = outcome?.ok === true ? outcome.value : undefined;
  const judgement =
    reply &&
    judgeReply(
      { ...reply, contentEncoding: headerOf(reply, "content-encoding") },
      asked,
      values,
      parts.understand,
    );
  const trial: WebhookTrial = {
    request: sent && {
      method: sent.method ?? "GET",
      url: sent.origin + sent.target,
      headers: headersOf(sent),
    },
    reply: reply && {
      status: reply.status,
      headers: repliedHeaders(reply),
      body: decodeBytes(textOf(reply.body)),
      hops: reply.hops,
    },
    timings,
    judgement,
    said: judgement?.said ?? failureOf(outcome, result),
  };
  return maskAll(trial, createMasker(urlSecrets(webhook.urlTemplate)));
}

/** Why there is no reply. */
function failureOf(outcome: Result<HttpReply, HttpFailure> | undefined, result: WebhookResult): Said {
  if (outcome?.ok === false) {
    const { code, ...args } = outcome.error;
    return { code, args, text: describeFailure(outcome.error) };
  }
  return replySaid(result);
}

/** As undici writes them: Host and Connection first. */
function headersOf({ origin, headers, secretHeaders }: HttpRequest): HeaderList {
  const host = new URL(origin).host;
  const pairs = [
    "host",
    host,
    "connection",
    "keep-alive",
    ...headers,
    ...secretHeaders.map(withoutCredentials),
  ];
  return pairs.flatMap((name, index) => (index % 2 === 0 ? [{ name, value: pairs[index + 1] ?? "" }] : []));
}

/** `Basic ***`. */
function withoutCredentials(text: string, index: number): string {
  return index % 2 === 0 ? text : `${text.split(" ", 1)[0] ?? ""} ${MASK}`;
}

function repliedHeaders({ headers }: HttpReply): HeaderList {
  return Object.entries(headers).flatMap(([name, value]) => {
    const values = typeof value === "object" ? value : [value ?? ""];
    // A session of the receiver's is nobody's business here.
    return values.map((one) => ({ name, value: name === "set-cookie" ? MASK : one }));
  });
}

/** The same with the secrets taken out of every text. */
function maskAll<T>(value: T, mask: Masker): T {
  if (typeof value === "string") return mask(value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => maskAll(one, mask)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, maskAll(one, mask)])) as T;
}
