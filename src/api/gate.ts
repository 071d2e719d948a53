import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { givesToken, tokenCheck } from "./auth.ts";
import { Connections, plain } from "./connections.ts";
import type { ApiPorts } from "./ports.ts";
import { sendProblem } from "./problem.ts";
import {
  BUSY,
  EXPECTS_TOO_MUCH,
  type HttpRefusal,
  MAX_BODIES,
  NO_HOST,
  NOT_AUTHORISED,
  notFound,
  notHttp,
  pathOf,
  refusalText,
  refuse,
  tooLarge,
  tooMany,
} from "./refusals.ts";
import { type Asking, RequestLimits } from "./request-limits.ts";

/** Routes that need no token. */
const OPEN: ReadonlySet<string> = new Set(["/health", "/ready", "/metrics"]);
/** Its body is a stream of octets, which the route itself bounds, with a sentence that names the file. */
const STREAMED = "/api/v1/audio/content";
/** An answer of which the peer takes nothing for so long ends the connection. */
export const UNREAD_MS = 15_000;

/** Octets that are parsed at once. */
const PIECE = 1024;

/** What a request wants to hear before it sends its body (RFC 9110 §10.1.1). */
type Expects = "nothing" | "continue" | "more";

/**
 * The gate of the API. It stands before the router, at node's own events, so that nothing is answered around it: who may
 * not ask this, or what is no request, is counted, answered without a look at the body, and the connection is closed. The
 * bodies that are read are of those with the token, within the limit of their route, and few at once.
 */
export class Gate {
  readonly #connections = new Connections();
  readonly #limits = new RequestLimits();
  readonly #isRight: (header: string | undefined) => boolean;
  readonly #monotonicMs: () => number;
  /** The one answer that is being given on a connection. */
  readonly #inFlight = new WeakMap<Duplex, ServerResponse>();
  /** Connections of which nothing more is parsed. */
  readonly #ahead = new WeakSet<Duplex>();
  readonly #waiting = new WeakSet<IncomingMessage>();
  #bodies = 0;

  constructor({ token, monotonicMs }: Pick<ApiPorts, "token" | "monotonicMs">) {
    this.#isRight = tokenCheck(token);
    this.#monotonicMs = monotonicMs;
  }

  /** Stands before what handles the requests of this server. */
  guard(http: Server, handler: RequestListener): void {
    http.on("connection", (socket) => {
      this.#connections.opened(socket);
      inPieces(socket, () => socket.destroyed || socket.writableEnded || this.#ahead.has(socket));
    });
    const enter = (expects: Expects) => (request: IncomingMessage, response: ServerResponse) => {
      if (this.#enter(request, response, expects)) handler(request, response);
    };
    http.on("request", enter("nothing"));
    http.on("checkContinue", enter("continue"));
    http.on("checkExpectation", enter("more"));
    http.on("clientError", (error: NodeJS.ErrnoException, socket) => this.#failed(error.code, socket));
    http.setTimeout(UNREAD_MS, (socket) => {
      // Nothing came or went. While we work on an answer that is as it should be.
      if (this.#inFlight.has(socket) && socket.writableLength === 0) socket.setTimeout(UNREAD_MS);
      else socket.destroy();
    });
  }

  /** The second half, where the route is known: whether it takes this body now. */
  guardRoutes(server: FastifyInstance): void {
    server.addHook("onRequest", async (request, reply) => {
      if (request.is404) return refuseReply(reply, notFound(request));
      if (!hasBody(request.raw)) return undefined;
      const limit = request.routeOptions.bodyLimit;
      const isTooLarge = request.routeOptions.url !== STREAMED && lengthOf(request.raw) > limit;
      if (isTooLarge) return refuseReply(reply, tooLarge(limit));
      if (this.#bodies >= MAX_BODIES) return refuseReply(reply, BUSY);
      this.#bodies += 1;
      reply.raw.once("close", () => {
        this.#bodies -= 1;
      });
      if (this.#waiting.has(request.raw)) reply.raw.writeContinue();
      return undefined;
    });
  }

  /** Whether a request may go on to the router; else it is answered, or its connection is at its end. */
  #enter(request: IncomingMessage, response: ServerResponse, expects: Expects): boolean {
    const { socket } = request;
    if (socket.destroyed) return false;
    const first = this.#inFlight.get(socket);
    if (first !== undefined) {
      // RFC 9112 §9.3.2, §9.6: what was sent ahead is not answered, and the client sends it again.
      first.shouldKeepAlive = false;
      this.#ahead.add(socket);
      socket.pause();
      this.#connections.askedAhead(socket);
      return false;
    }
    this.#inFlight.set(socket, response);
    this.#connections.asked(socket);
    response.once("close", () => {
      this.#inFlight.delete(socket);
      this.#connections.answered(socket);
    });
    const asking = this.#askingOf(request);
    const refusal = this.#charge(request, asking, refusalOf(request, asking, expects));
    if (refusal !== undefined) {
      refuse(response, refusal);
      return false;
    }
    // Whatever is answered, and by whom: no rest of a body is read to its end to find the next request.
    if (hasBody(request)) response.shouldKeepAlive = false;
    if (expects === "continue") this.#waiting.add(request);
    return true;
  }

  #askingOf(request: IncomingMessage): Asking {
    const isReading = request.method === "GET" || request.method === "HEAD";
    if (isReading && OPEN.has(pathOf(request.url))) return "open";
    const { authorization } = request.headers;
    if (this.#isRight(authorization)) return "authorised";
    return givesToken(authorization) ? "wrongToken" : "stranger";
  }

  /** Counts a request, refused or not; who asks too much hears that instead. */
  #charge(
    request: IncomingMessage,
    asking: Asking,
    refusal: HttpRefusal | undefined,
  ): HttpRefusal | undefined {
    if (refusal === undefined && asking === "open" && pathOf(request.url) === "/health") return undefined;
    // The larger allowance of the open routes is for those who ask them something.
    const as = refusal !== undefined && asking === "open" ? "stranger" : asking;
    const again = this.#limits.take(as, plain(request.socket.remoteAddress ?? ""), this.#monotonicMs());
    return again === undefined ? refusal : tooMany(as, again);
  }

  /** Octets came that are no request, or a request did not come to its end in time. */
  #failed(code: string | undefined, socket: Duplex): void {
    const isAnswered = this.#inFlight.get(socket)?.headersSent === true;
    if (code === "ECONNRESET" || isAnswered || !socket.writable || !(socket instanceof Socket)) {
      socket.destroy();
      return;
    }
    const again = this.#limits.take("stranger", plain(socket.remoteAddress ?? ""), this.#monotonicMs());
    const refusal = again === undefined ? notHttp(code) : tooMany("stranger", again);
    socket.write(refusalText(refusal));
    socket.destroySoon();
  }
}

/**
 * Gives node's parser little at a time, and nothing once it is done with: 64 KiB, which is what is read at once, hold 2,000
 * requests, and node parses them all and makes its objects for each before anybody can stop it.
 */
function inPieces(socket: Socket, isDone: () => boolean): void {
  for (const listener of socket.listeners("data")) {
    socket.removeListener("data", listener as (chunk: Buffer) => void);
    socket.on("data", (chunk: Buffer) => {
      for (let at = 0; at < chunk.length && !isDone(); at += PIECE) {
        listener.call(socket, chunk.subarray(at, at + PIECE));
      }
    });
  }
}

function refusalOf(request: IncomingMessage, asking: Asking, expects: Expects): HttpRefusal | undefined {
  if (request.httpVersion === "1.1" && request.headers.host === undefined) return NO_HOST;
  if (asking === "stranger" || asking === "wrongToken") {
    return pathOf(request.url).startsWith("/api/") ? NOT_AUTHORISED : notFound(request);
  }
  if (expects === "more") return EXPECTS_TOO_MUCH;
  return asking === "open" && hasBody(request) ? tooLarge(0) : undefined;
}

/** RFC 9112 §6: a request has a body when one of these says so. */
function hasBody(request: IncomingMessage): boolean {
  return request.headers["transfer-encoding"] !== undefined || lengthOf(request) > 0;
}

/** The length that is announced; 0 where none is. */
function lengthOf({ headers }: IncomingMessage): number {
  return Number(headers["content-length"] ?? 0);
}

function refuseReply(reply: FastifyReply, { headers, ...problem }: HttpRefusal): FastifyReply {
  return sendProblem(reply.headers({ connection: "close", ...headers }), problem);
}
