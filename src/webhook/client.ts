import type { WebhookValues } from "../dialplan/command.ts";
import type { WebhookResult } from "../dialplan/outcome.ts";
import { expandTemplate, parseTemplate, type UrlTemplate } from "../dialplan/template.ts";
import { urlSecrets } from "../dialplan/url-secrets.ts";
import type { Counters } from "../lib/counters.ts";
import { createMasker, type Masker, noMasker } from "../lib/masker.ts";
import type { Result } from "../lib/result.ts";
import type { Webhook } from "../model/webhook.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Ids, randomIds } from "../runtime/ids.ts";
import { type AddressPolicy, addressPolicy } from "./address-policy.ts";
import { Connections } from "./connections.ts";
import { dnsResolver } from "./dns-resolver.ts";
import { excerptOf, maskCode } from "./excerpt.ts";
import { exchange } from "./exchange.ts";
import { guardedConnector } from "./interceptors/address-guard.ts";
import { deadline } from "./interceptors/deadline.ts";
import { redirect } from "./interceptors/redirect.ts";
import { trace } from "./interceptors/trace.ts";
import type { NameResolver } from "./names.ts";
import type { WebhookPort } from "./port.ts";
import { type ReadReply, readReply } from "./protocol.ts";
import { describeFailure, type Failure } from "./reasons.ts";
import { decodeBytes } from "./reply-text.ts";
import { compose, type HttpReply, type HttpRequest, Progress, type Send } from "./send.ts";

/** The part of pino that is used here. */
export interface WebhookLogger {
  warn(fields: object, message: string): void;
}

export interface WebhookClientOptions {
  readonly clock: Clock;
  /** CIDRs in loopback and private ranges that webhooks may reach, as they are now. */
  readonly allowedNetworks: () => readonly string[];
  /** Of the product, for the User-Agent. */
  readonly version: string;
  readonly logger: WebhookLogger;
  /** Default: the machine's own DNS (dns-resolver.ts). */
  readonly dns?: NameResolver;
  readonly ids?: Ids;
  readonly counters?: Counters;
  /** Default 3,000 ms; over name look-up, TCP and TLS of one connection. */
  readonly connectTimeoutMs?: number;
  /** PEM; in place of the authorities that Node trusts. */
  readonly trustedCertificates?: readonly string[];
}

/** The webhook client; `close` breaks off what is in flight and ends all connections. */
export interface WebhookClient extends WebhookPort {
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 3_000;
const ACCEPT = "application/x-www-form-urlencoded, application/json;q=0.9, text/plain;q=0.8, */*;q=0.1";

/** Builds the client: undici's connections with the address check inside, interceptors around them. */
export function createWebhookClient(options: WebhookClientOptions): WebhookClient {
  const { clock, counters, logger, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const policy = currentPolicy(options.allowedNetworks);
  const connect = guardedConnector({
    clock,
    names: options.dns ?? dnsResolver({ clock }),
    policy: policy.get,
    connectTimeoutMs,
    trustedCertificates: options.trustedCertificates,
  });
  const connections = new Connections(connect);
  const onResent = () => counters?.add("webhook_resent_on_fresh_connection");
  // Outermost first. Later ones find their place here: circuit breaker and fallback before the deadline,
  // retry after it, signing after redirect, so that each attempt and hop is signed afresh.
  const send = compose(exchange(connections, { connectTimeoutMs, onResent }), [
    deadline(clock),
    trace(options.ids ?? randomIds()),
    redirect,
  ]);
  const asking = new Asking(clock, send, requestHeaders(options.version));
  return {
    async ask(webhook, values, onAsking) {
      if (policy.changed()) connections.renew();
      const asked = await asking.ask(webhook, values, onAsking);
      counters?.add(`webhook_requests{outcome="${asked.failure?.code ?? asked.result.verdict}"}`);
      if (asked.result.verdict === "error") {
        const { url, reason, elapsedMs, status } = asked.result;
        const code = asked.failure?.code ?? "reply";
        logger.warn({ webhook: webhook.name, call: values.callid, url, code, status, elapsedMs }, reason);
      }
      return asked.result;
    },
    close: () => connections.close(new StoppingError()),
  };
}

/** undici hands this to whatever was in flight when the client was closed. */
class StoppingError extends Error {
  readonly code = "UND_ERR_DESTROYED";
}

function requestHeaders(version: string): readonly string[] {
  return ["user-agent", `Switchhook/${version}`, "accept", ACCEPT, "accept-encoding", "identity"];
}

interface CurrentPolicy {
  readonly get: () => AddressPolicy;
  /** Whether the list differs from the one at the last time of asking. */
  readonly changed: () => boolean;
}

/** Compiles the list of allowed networks when it changes, by content: a new snapshot with the same list is no change. */
function currentPolicy(allowedNetworks: () => readonly string[]): CurrentPolicy {
  let networks = allowedNetworks();
  let written = networks.join();
  let policy = addressPolicy(networks);
  let pending = false;
  const refresh = (): void => {
    const now = allowedNetworks();
    if (now === networks) return;
    networks = now;
    if (now.join() === written) return;
    written = now.join();
    policy = addressPolicy(now);
    pending = true;
  };
  return {
    get() {
      refresh();
      return policy;
    },
    changed() {
      refresh();
      const changed = pending;
      pending = false;
      return changed;
    },
  };
}

interface Asked {
  readonly result: WebhookResult;
  /** Where no reply came. */
  readonly failure: Failure | undefined;
}

/** From a webhook and its values to a request, and from a reply to a result. */
class Asking {
  readonly #clock: Clock;
  readonly #send: Send;
  readonly #headers: readonly string[];
  // A webhook lives in a snapshot; its parsed template goes when the snapshot does.
  readonly #prepared = new WeakMap<Webhook, Prepared | Failure>();

  constructor(clock: Clock, send: Send, headers: readonly string[]) {
    this.#clock = clock;
    this.#send = send;
    this.#headers = headers;
  }

  async ask(webhook: Webhook, values: WebhookValues, onAsking?: (url: string) => void): Promise<Asked> {
    const startedAt = this.#clock.now();
    const prepared = this.#prepare(webhook);
    if ("code" in prepared) return this.#failed(prepared, "", values, startedAt);
    const expanded = expandTemplate(prepared.template, values);
    onAsking?.(expanded.masked);
    const request: HttpRequest = {
      origin: expanded.origin,
      target: expanded.target,
      callId: headerSafe(values.callid),
      headers: this.#headers,
      secretHeaders: prepared.secretHeaders,
      followRedirects: webhook.followRedirects,
      timeoutMs: webhook.timeoutMs,
      progress: new Progress(),
    };
    const outcome = await this.#trySend(request);
    if (!outcome.ok) {
      const asked = this.#failed(outcome.error, expanded.masked, values, startedAt);
      return { ...asked, result: withoutSecrets(asked.result, prepared.masker) };
    }
    const result = this.#replied(outcome.value, expanded.masked, values, {
      startedAt,
      mask: prepared.masker,
    });
    return { result: withoutSecrets(result, prepared.masker), failure: undefined };
  }

  /** `Send` never rejects; a bug in one must cost a call its webhook, not its life. */
  async #trySend(request: HttpRequest): Promise<Result<HttpReply, Failure>> {
    try {
      return await this.#send(request);
    } catch (error) {
      return {
        ok: false,
        error: { code: "internal", detail: error instanceof Error ? error.message : "unknown" },
      };
    }
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

  #replied(
    reply: HttpReply,
    url: string,
    values: WebhookValues,
    known: { readonly startedAt: number; readonly mask: Masker },
  ): WebhookResult {
    const { code } = values;
    const body = bodyWithoutSecrets(reply.body, known.mask);
    const read = body === reply.body ? readReply(reply, values) : readShown(reply, values, body);
    const last = reply.hops.at(-1);
    const notes = last === undefined ? [] : [`The receiver redirected to ${withoutQuery(last)}.`];
    const warnings = [...notes, ...read.warnings];
    return {
      verdict: read.verdict,
      destination: read.destination,
      callerName: read.callerName,
      reason: maskCode(read.reason, code),
      warnings: code === "" ? warnings : warnings.map((warning) => maskCode(warning, code)),
      status: reply.status,
      url,
      elapsedMs: this.#clock.now() - known.startedAt,
      excerpt: excerptOf(body, code),
    };
  }

  #failed(failure: Failure, url: string, { code }: WebhookValues, startedAt: number): Asked {
    const result: WebhookResult = {
      verdict: "error",
      destination: undefined,
      callerName: undefined,
      reason: maskCode(describeFailure(failure), code),
      warnings: [],
      status: undefined,
      url,
      elapsedMs: this.#clock.now() - startedAt,
      excerpt: "",
    };
    return { result, failure };
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

/** The body with what is secret in it masked, before anything is cut off; the very same where there is nothing. */
function bodyWithoutSecrets(body: Uint8Array, mask: Masker): Uint8Array {
  if (mask === noMasker) return body;
  const text = decodeBytes(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1"));
  const masked = mask(text);
  return masked === text ? body : Buffer.from(masked, "utf8");
}

/** A reply that repeats a secret: it means what it says, and its words are those of the masked body. */
function readShown(reply: HttpReply, values: WebhookValues, body: Uint8Array): ReadReply {
  const meant = readReply(reply, values);
  const shown = readReply({ ...reply, body }, values);
  const isNumber = /^\+?\d+$/.test(meant.destination ?? "");
  if (shown.verdict !== meant.verdict) return meant;
  return { ...shown, destination: isNumber ? meant.destination : shown.destination };
}

/** All that is kept of a request: nothing of it goes into a story, a log or on to a phone with a secret in it. */
function withoutSecrets(result: WebhookResult, mask: Masker): WebhookResult {
  if (mask === noMasker) return result;
  const { destination, callerName } = result;
  return {
    ...result,
    // A number is dialled as it is, should it be a secret's very digits.
    destination: destination === undefined || /^\+?\d+$/.test(destination) ? destination : mask(destination),
    callerName: callerName === undefined ? undefined : mask(callerName),
    reason: mask(result.reason),
    warnings: result.warnings.map(mask),
    url: mask(result.url),
    excerpt: mask(result.excerpt),
  };
}

/** RFC 7617 §2: `user:password@` of the URL, which is never part of a request target. */
function authorization({ credentials }: UrlTemplate): readonly string[] {
  if (credentials === undefined) return [];
  const pair = Buffer.from(`${credentials.username}:${credentials.password}`, "utf8").toString("base64");
  return ["authorization", `Basic ${pair}`];
}

function headerSafe(value: string): string {
  return /^[!-~]*$/.test(value) ? value : value.replace(/[^!-~]/g, "");
}

/** A query may carry secrets of the receiver's own making. */
function withoutQuery(url: string): string {
  const at = url.indexOf("?");
  return at < 0 ? url : url.slice(0, at);
}
