import type { Dispatcher } from "undici";
import { err, ok, type Result } from "../lib/result.ts";
import { type ConnectionHandler, type Connections, hostOf, type Origin } from "./connections.ts";
import { explain } from "./explain.ts";
import type { HttpFailure } from "./reasons.ts";
import type { HttpHeaders, HttpReply, HttpRequest, Progress, Send } from "./request.ts";
import type { Timings } from "./stopwatch.ts";

/** Largest reply body where the request does not say otherwise. */
export const MAX_BODY_BYTES = 64 * 1024;
/** Most 1xx replies before the final one. */
export const MAX_INFORMATIONAL = 16;

export interface ExchangeSettings {
  readonly connectTimeoutMs: number;
  /** A request is sent a second time because its keep-alive connection had been closed. */
  readonly onResent: () => void;
}

/** The innermost `Send`: one request and its reply over HTTP/1.1, on a kept-alive connection where there is one. */
export function exchange(connections: Connections, settings: ExchangeSettings): Send {
  return (request, progress) => {
    const origin = connections.take(request.origin);
    if ("code" in origin) return Promise.resolve(err(origin));
    return new Promise((resolve) => {
      origin.begin();
      const handler = new ExchangeHandler({ request, progress }, origin, settings, (outcome) => {
        origin.end();
        if (!outcome.ok) connections.dropIfUnused(request.origin, origin);
        resolve(outcome);
      });
      handler.start();
    });
  };
}

/** A request and how far it is. */
interface Asked {
  readonly request: HttpRequest;
  readonly progress: Progress;
}

const EMPTY = Buffer.alloc(0);
const STALE = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);
const DROPPED = new Error("the deadline has passed");
const OVER = new Error("a limit was exceeded");

/** One request as undici reports it; at its end `settle` is called once, when the connection is free again. */
class ExchangeHandler implements ConnectionHandler {
  carried: () => number = () => 0;
  made: () => Timings | undefined = () => undefined;
  readonly #request: HttpRequest;
  readonly #progress: Progress;
  readonly #maxBytes: number;
  readonly #origin: Origin;
  readonly #settings: ExchangeSettings;
  readonly #settle: (outcome: Result<HttpReply, HttpFailure>) => void;
  readonly #host: string;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: HttpFailure | undefined;
  #settled = false;
  #resent = false;
  #reused = false;
  #begun = false;
  #informational = 0;
  #status = 0;
  #headers: HttpHeaders = {};
  #body: Buffer = EMPTY;
  #chunks: Buffer[] | undefined;
  #size = 0;

  constructor(
    { request, progress }: Asked,
    origin: Origin,
    settings: ExchangeSettings,
    settle: (outcome: Result<HttpReply, HttpFailure>) => void,
  ) {
    this.#request = request;
    this.#progress = progress;
    this.#maxBytes = request.maxReplyBytes ?? MAX_BODY_BYTES;
    this.#origin = origin;
    this.#settings = settings;
    this.#settle = settle;
    this.#host = hostOf(request.origin);
  }

  /** Starts the request. */
  start(): void {
    const progress = this.#progress;
    progress.phase = "connecting";
    progress.host = this.#host;
    progress.whenCancelled(() => this.#controller?.abort(DROPPED));
    this.#origin.dispatch(this.#options(), this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#reused = this.carried() > 0;
    if (!this.#reused) this.#measureConnection();
    this.#progress.phase = "waiting";
    this.#progress.stopwatch?.begin("firstByte");
    // The deadline passed while the connection was made: nothing is sent any more.
    if (this.#progress.cancelled) controller.abort(DROPPED);
  }

  onResponseStarted(): void {
    this.#begun = true;
    this.#progress.stopwatch?.begin("body");
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: HttpHeaders): void {
    if (status < 200) {
      this.#informational += 1;
      if (this.#informational > MAX_INFORMATIONAL) {
        this.#giveUp(controller, {
          code: "tooManyInformational",
          host: this.#host,
          limit: MAX_INFORMATIONAL,
        });
      }
      return;
    }
    this.#status = status;
    this.#headers = headers;
    this.#progress.phase = "reading";
    if (Number(headers["content-length"]) > this.#maxBytes) {
      this.#giveUp(controller, { code: "bodyTooLarge", limit: this.#maxBytes });
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) {
      this.#giveUp(controller, { code: "bodyTooLarge", limit: this.#maxBytes });
    } else if (this.#size === chunk.length) {
      this.#body = chunk; // nearly every reply is one piece
    } else {
      this.#chunks ??= [this.#body];
      this.#chunks.push(chunk);
    }
  }

  onResponseEnd(): void {
    this.#end(
      ok({
        status: this.#status,
        headers: this.#headers,
        body: this.#chunks === undefined ? this.#body : Buffer.concat(this.#chunks),
        hops: [],
        ...this.#timed(),
      }),
    );
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#failure === undefined && this.#isStale(error)) return this.#sendAgain();
    const context = {
      host: this.#host,
      secure: this.#request.origin.startsWith("https:"),
      connectTimeoutMs: this.#settings.connectTimeoutMs,
      sent: this.#controller !== undefined,
      begun: this.#begun,
    };
    this.#end(err(this.#failure ?? explain(error, context)));
  }

  /**
   * A server may close an idle connection just as we send on it; then the request was most likely never
   * read. RFC 9112 §9.3.1 lets an idempotent request be sent again in exactly this case: a connection
   * used before, closed before any byte of a reply. Once, at once, on a connection made for it, within the
   * same deadline. Anything further is the retry interceptor's decision.
   */
  #isStale(error: Error): boolean {
    const code = "code" in error ? String(error.code) : "";
    const untouched = this.#reused && !this.#begun && !this.#resent && !this.#progress.cancelled;
    return untouched && STALE.has(code) && isRepeatable(this.#request);
  }

  #sendAgain(): void {
    this.#resent = true;
    this.#controller = undefined;
    this.#settings.onResent();
    this.#progress.phase = "connecting";
    this.#origin.dispatchFresh(this.#options(), this);
  }

  #options(): Dispatcher.DispatchOptions {
    const { origin, target, method = "GET", headers, secretHeaders, body } = this.#request;
    const written = secretHeaders.length === 0 ? [...headers] : [...headers, ...secretHeaders];
    if (body === undefined) return { origin, path: target, method, headers: written };
    return {
      origin,
      path: target,
      method,
      headers: [...written, "content-type", body.type],
      body: body.octets,
    };
  }

  /** What making its connection took belongs to the first request on it. */
  #measureConnection(): void {
    const { stopwatch } = this.#progress;
    const made = this.made();
    if (stopwatch === undefined || made === undefined) return;
    for (const part of ["dns", "connect", "tls"] as const) {
      const ms = made[part];
      if (ms !== undefined) stopwatch.add(part, ms);
    }
  }

  #timed(): Pick<HttpReply, "timings"> {
    const timings = this.#progress.stopwatch?.read();
    return timings === undefined ? {} : { timings };
  }

  #giveUp(controller: Dispatcher.DispatchController, failure: HttpFailure): void {
    this.#failure ??= failure;
    controller.abort(OVER);
  }

  #end(outcome: Result<HttpReply, HttpFailure>): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#progress.stopwatch?.begin(undefined);
    this.#progress.whenCancelled(undefined);
    this.#settle(outcome);
  }
}

/** RFC 9110 §9.2.2. */
function isRepeatable({ method, repeatable }: HttpRequest): boolean {
  return repeatable ?? (method !== "POST" && method !== "PATCH");
}
