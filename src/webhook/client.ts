import type { WebhookValues } from "../dialplan/command.ts";
import type { RequestTimings, WebhookResult } from "../dialplan/outcome.ts";
import { expandTemplate, parseTemplate, type UrlTemplate } from "../dialplan/template.ts";
import { urlSecrets } from "../dialplan/url-secrets.ts";
import { createHttpClient, type HttpClient } from "../http/client.ts";
import type { NameResolver } from "../http/names.ts";
import { headerOf } from "../http/request.ts";
import type { Timings } from "../http/stopwatch.ts";
import type { Counters } from "../lib/counters.ts";
import { createMasker, type Masker } from "../lib/masker.ts";
import type { Webhook } from "../model/webhook.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Ids, randomIds } from "../runtime/ids.ts";
import { formBody } from "./form-body.ts";
import type { WebhookPort } from "./port.ts";
import { describeFailure, type Failure } from "./reasons.ts";
import { maskCode } from "./reply/excerpt.ts";
import { ignoredAnswer, mapTexts, resultOfReply, withoutSecrets } from "./reply/result.ts";
import { traceHeaders } from "./trace-headers.ts";

/** The part of pino that is used here. */
export interface WebhookLogger {
  warn(fields: object, message: string): void;
}

export interface WebhookClientOptions {
  readonly clock: Clock;
  /** CIDRs in loopback and private ranges that webhooks may reach, as they are now. */
  readonly allowedNetworks: () => readonly string[];
  /** The origin of our own practice receivers (http/practice.ts). */
  readonly practice?: (() => string | undefined) | undefined;
  /** Of the product, for the User-Agent. */
  readonly version: string;
  readonly logger: WebhookLogger;
  /** Default: the machine's own DNS (http/dns-resolver.ts). */
  readonly dns?: NameResolver;
  readonly ids?: Ids;
  readonly counters?: Counters;
  /** Default 3,000 ms; over name look-up, TCP and TLS of one connection. */
  readonly connectTimeoutMs?: number;
  /** PEM; in place of the authorities that Node trusts. */
  readonly trustedCertificates?: readonly string[];
  /** In place of a guarded client of its own, which needs `allowedNetworks` and what else is about connections. */
  readonly http?: HttpClient;
}

/** The webhook client; `close` breaks off what is in flight and ends all connections. */
export interface WebhookClient extends WebhookPort {
  close(): Promise<void>;
}

const ACCEPT = "application/x-www-form-urlencoded, application/json;q=0.9, text/plain;q=0.8, */*;q=0.1";

/** Builds the client (docs/adr/0016), unless told otherwise on a guarded HTTP client of its own. */
export function createWebhookClient(options: WebhookClientOptions): WebhookClient {
  const { clock, counters, logger } = options;
  const http =
    options.http ??
    createHttpClient({
      clock,
      allowedNetworks: options.allowedNetworks,
      practice: options.practice,
      dns: options.dns,
      connectTimeoutMs: options.connectTimeoutMs,
      trustedCertificates: options.trustedCertificates,
      onResent: () => counters?.add("webhook_resent_on_fresh_connection"),
    });
  const ids = options.ids ?? randomIds();
  const fixed = requestHeaders(options.version);
  const asking = new Asking(clock, http, (callId) => [...fixed, ...traceHeaders(callId, ids)]);
  const run: WebhookPort["ask"] = async (webhook, values, onAsking) => {
    const asked = await asking.ask(webhook, values, onAsking);
    const { verdict, failure, url, reason, elapsedMs, status } = asked.result;
    counters?.add(`webhook_requests{outcome="${asked.replied ? verdict : failure}"}`);
    // What an answer that is ignored says is no fault: services say whatever they like.
    if (verdict === "error" && !(webhook.ignoreAnswer === true && asked.replied)) {
      const fields = { webhook: webhook.name, call: values.callid, url, code: failure, status, elapsedMs };
      logger.warn(fields, reason);
    }
    return asked.result;
  };
  return {
    ask(webhook, values, onAsking) {
      if (webhook.ignoreAnswer !== true) return run(webhook, values, onAsking);
      let url = "";
      // Fire and forget; how it ended is counted and logged. It is over by its deadline, or when the client is closed.
      void run(webhook, values, (asked) => {
        url = asked;
        onAsking?.(asked);
      });
      return Promise.resolve(ignoredAnswer(url));
    },
    close: () => http.close(),
  };
}

function requestHeaders(version: string): readonly string[] {
  return ["user-agent", `Switchhook/${version}`, "accept", ACCEPT, "accept-encoding", "identity"];
}

interface Asked {
  readonly result: WebhookResult;
  /** A reply came, whatever it says. */
  readonly replied: boolean;
}

/** From a webhook and its values to a request, and from a reply to a result. */
class Asking {
  readonly #clock: Clock;
  readonly #http: HttpClient;
  readonly #headers: (callId: string) => readonly string[];
  // A webhook lives in a snapshot; its parsed template goes when the snapshot does.
  readonly #prepared = new WeakMap<Webhook, Prepared | Failure>();

  constructor(clock: Clock, http: HttpClient, headers: (callId: string) => readonly string[]) {
    this.#clock = clock;
    this.#http = http;
    this.#headers = headers;
  }

  async ask(webhook: Webhook, values: WebhookValues, onAsking?: (url: string) => void): Promise<Asked> {
    const startedAt = this.#clock.now();
    const prepared = this.#prepare(webhook);
    if ("code" in prepared) return this.#failed(prepared, "", values, startedAt);
    const expanded = expandTemplate(prepared.template, values);
    onAsking?.(expanded.masked);
    const outcome = await this.#http.send({
      origin: expanded.origin,
      target: expanded.target,
      headers: this.#headers(values.callid),
      secretHeaders: prepared.secretHeaders,
      // Asked again where a kept connection was closed under it, as a GET is: the call waits, and X-Call-Id tells the two.
      ...(webhook.method === "POST"
        ? { method: "POST", body: formBody(values), repeatable: true }
        : undefined),
      followRedirects: webhook.followRedirects,
      timeoutMs: webhook.timeoutMs,
    });
    if (!outcome.ok) {
      const asked = this.#failed(outcome.error, expanded.masked, values, startedAt);
      return { ...asked, result: withoutSecrets(asked.result, prepared.masker) };
    }
    const { status, body, hops, timings } = outcome.value;
    const reply = { status, contentEncoding: headerOf(outcome.value, "content-encoding"), body, hops };
    const elapsedMs = this.#clock.now() - startedAt;
    return {
      result: {
        ...resultOfReply(reply, values, { url: expanded.masked, elapsedMs, mask: prepared.masker }),
        ...(timings === undefined ? undefined : { timings: timingsOf(timings) }),
      },
      replied: true,
    };
  }

  #prepare(webhook: Webhook): Prepared | Failure {
    const known = this.#prepared.get(webhook);
    if (known !== undefined) return known;
    const parsed = parseTemplate(webhook.urlTemplate);
    const prepared: Prepared | Failure = parsed.ok
      ? prepare(parsed.value, webhook.urlTemplate)
      : { code: "badUrl", problem: parsed.error[0]?.message ?? "it is not a URL" };
    this.#prepared.set(webhook, prepared);
    return prepared;
  }

  #failed(failure: Failure, url: string, values: WebhookValues, startedAt: number): Asked {
    const { code, ...args } = failure;
    const result: WebhookResult = {
      verdict: "error",
      destination: undefined,
      callerName: undefined,
      failure: code,
      args: mapTexts(args, (text) => maskCode(text, values.code)),
      reason: maskCode(describeFailure(failure), values.code),
      warnings: [],
      status: undefined,
      url,
      elapsedMs: this.#clock.now() - startedAt,
      excerpt: "",
    };
    return { result, replied: false };
  }
}

interface Prepared {
  readonly template: UrlTemplate;
  readonly secretHeaders: readonly string[];
  /** Knows what is secret in the URL: a receiver may write back what it was sent. */
  readonly masker: Masker;
}

function prepare(template: UrlTemplate, urlTemplate: string): Prepared {
  const secretHeaders = authorization(template);
  const basic = (secretHeaders[1] ?? "").split(" ")[1] ?? "";
  return { template, secretHeaders, masker: createMasker([...urlSecrets(urlTemplate), basic]) };
}

/** As records have them. */
function timingsOf({ dns, connect, tls, firstByte, body }: Timings): RequestTimings {
  return {
    ...(dns === undefined ? undefined : { dnsMs: dns }),
    ...(connect === undefined ? undefined : { connectMs: connect }),
    ...(tls === undefined ? undefined : { tlsMs: tls }),
    ...(firstByte === undefined ? undefined : { firstByteMs: firstByte }),
    ...(body === undefined ? undefined : { bodyMs: body }),
  };
}

/** RFC 7617 §2: `user:password@` of the URL, which is never part of a request target. */
function authorization({ credentials }: UrlTemplate): readonly string[] {
  if (credentials === undefined) return [];
  const pair = Buffer.from(`${credentials.username}:${credentials.password}`, "utf8").toString("base64");
  return ["authorization", `Basic ${pair}`];
}
