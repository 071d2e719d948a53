import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { systemClock } from "../runtime/clock.ts";
import { givesToken } from "./auth.ts";
import { clientAddress } from "./client-address.ts";
import { Connections, plain } from "./connections.ts";
import { type Asker, mayAs } from "./contract/role.ts";
import { isRaw, type RouteShape } from "./contract/route.ts";
import { crossSiteRefusal, type DoorRules, hostRefusal } from "./door.ts";
import type { Authenticate } from "./ports.ts";
import { sendProblem } from "./problem.ts";
import {
  BUSY,
  EXPECTS_TOO_MUCH,
  type HttpRefusal,
  MAX_BODIES,
  NO_HOST,
  NOT_AUTHORISED,
  notAllowed,
  notFound,
  notHttp,
  pathOf,
  refusalText,
  refuse,
  tooLarge,
  tooMany,
} from "./refusals.ts";
import { type Asking, RequestLimits } from "./request-limits.ts";
import { StrangersBodies } from "./strangers-bodies.ts";

/** They say so little that whoever asks by whatever name may hear it: health checks know no name of ours. */
const OF_ANY_HOST: ReadonlySet<string> = new Set(["/health", "/ready"]);
/** Addresses outside the API that anybody may read. */
const OPEN: readonly string[] = ["/health", "/ready", "/metrics"];
/** An answer of which the peer takes nothing for so long ends the connection. */
export const UNREAD_MS = 15_000;

/** A body that anybody may send is small; routes that take large ones say so. */
export const OPEN_BODY_BYTES = 16 * 1024;
const KNOWN_BODY_BYTES = 4 * 1024 * 1024;
/** Webhooks may ask practice receivers by POST: a form, from wherever, as at any receiver. */
const PRACTICE = /^\/practice\/[a-z0-9]{1,64}$/;

/** How many octets a body of a route may have; 0: it takes none. */
export function limitOf({ body, bodyLimit, role }: RouteShape): number {
  if (body === undefined) return 0;
  return bodyLimit ?? (role === "open" ? OPEN_BODY_BYTES : KNOWN_BODY_BYTES);
}

/** Octets that are parsed at once. */
const PIECE = 1024;

export interface GateParts {
  readonly authenticate: Authenticate;
  readonly door: DoorRules;
  /** Those of the contract: which of them are open. */
  readonly routes: readonly RouteShape[];
  requestId(): string;
  monotonicMs(): number;
}

/** What a request wants to hear before it sends its body (RFC 9110 §10.1.1). */
type Expects = "nothing" | "continue" | "more";

/**
 * The gate of the API. It stands before the router, at node's own events, so that nothing is answered around it: who may
 * not ask this, or what is no request, is counted, answered without a look at the body, and the connection is closed. The
 * bodies that are read are of those who are known, or small, within the limit of their route, and few at once.
 */
export class Gate {
  readonly #connections = new Connections();
  readonly #limits = new RequestLimits();
  readonly #parts: GateParts;
  /** `GET /health`: what anybody may ask, and the octets that a body of it may have. */
  readonly #open: ReadonlyMap<string, number>;
  readonly #actors = new WeakMap<IncomingMessage, Asker>();
  /** The one answer that is being given on a connection. */
  readonly #inFlight = new WeakMap<Duplex, ServerResponse>();
  /** Connections of which nothing more is parsed. */
  readonly #ahead = new WeakSet<Duplex>();
  readonly #waiting = new WeakSet<IncomingMessage>();
  readonly #strangers: StrangersBodies;
  /** Of those who are known. */
  #bodies = 0;

  constructor(parts: GateParts) {
    this.#parts = parts;
    this.#strangers = new StrangersBodies(systemClock, parts.door.proxies);
    this.#open = new Map([
      ...OPEN.map((path) => [`GET ${path}`, 0] as const),
      ...parts.routes
        .filter(({ role }) => role === "open")
        .map((route) => [`${route.method} /api/v1${route.path}`, limitOf(route)] as const),
    ]);
  }

  /** Who sent a request that has passed; undefined: anybody, to an open route. */
  actorOf(request: IncomingMessage): Asker | undefined {
    return this.#actors.get(request);
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
      const { route } = request.routeOptions.config;
      const actor = this.#actors.get(request.raw);
      if (route !== undefined && route.role !== "open") {
        if (actor === undefined) return refuseReply(reply, NOT_AUTHORISED);
        if (!mayAs(actor.role, route.role)) return refuseReply(reply, notAllowed(actor, route.role));
      }
      if (!hasBody(request.raw)) return undefined;
      const limit = request.routeOptions.bodyLimit;
      // A stream of octets is bounded by the route itself, with a sentence that names the file.
      const isStream = isRaw(route?.body) && route.body.raw === "octets";
      const isTooLarge = !isStream && lengthOf(request.raw) > limit;
      if (isTooLarge) return refuseReply(reply, tooLarge(limit));
      if (actor === undefined) {
        if (!this.#strangers.take(request.raw, reply.raw)) return refuseReply(reply, BUSY);
      } else {
        if (this.#bodies >= MAX_BODIES) return refuseReply(reply, BUSY);
        this.#bodies += 1;
        reply.raw.once("close", () => {
          this.#bodies -= 1;
        });
      }
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
    const refusal = this.#charge(request, asking, this.#refusalOf(request, asking, expects));
    if (refusal !== undefined) {
      refuse(response, refusal, this.#parts.requestId());
      return false;
    }
    // Whatever is answered, and by whom: no rest of a body is read to its end to find the next request.
    if (hasBody(request)) response.shouldKeepAlive = false;
    if (expects === "continue") this.#waiting.add(request);
    return true;
  }

  #addressOf(request: IncomingMessage): string {
    return clientAddress(request, this.#parts.door.proxies);
  }

  #askingOf(request: IncomingMessage): Asking {
    const isOpen = this.#openLimit(request) !== undefined;
    // Whoever is known is known to an open route too, but for the three that are asked all the time.
    const isPlain = isOpen && !pathOf(request.url).startsWith("/api/");
    const actor = isPlain ? undefined : this.#parts.authenticate(request);
    if (actor !== undefined) this.#actors.set(request, { ...actor, address: this.#addressOf(request) });
    if (isOpen) return isReading(request) || isPractice(request) ? "open" : "signIn";
    if (actor !== undefined) return "authorised";
    return givesToken(request.headers.authorization) ? "wrongToken" : "stranger";
  }

  /** How large a body anybody may send here; undefined: not everybody may ask this. */
  #openLimit(request: IncomingMessage): number | undefined {
    const path = pathOf(request.url);
    // Pages of the interface: there is nothing of the installation in them.
    if (isReading(request) && !path.startsWith("/api/")) return 0;
    if (isPractice(request)) return OPEN_BODY_BYTES;
    return this.#open.get(`${isReading(request) ? "GET" : request.method} ${path}`);
  }

  #refusalOf(request: IncomingMessage, asking: Asking, expects: Expects): HttpRefusal | undefined {
    if (request.httpVersion === "1.1" && request.headers.host === undefined) return NO_HOST;
    const refusal = this.#doorRefusal(request, asking);
    if (refusal !== undefined) return refusal;
    if (asking === "stranger" || asking === "wrongToken") {
      return pathOf(request.url).startsWith("/api/") ? NOT_AUTHORISED : notFound(request);
    }
    if (expects === "more") return EXPECTS_TOO_MUCH;
    const limit = this.#openLimit(request);
    const isTooLarge = limit !== undefined && hasBody(request) && !(lengthOf(request) <= limit && limit > 0);
    return isTooLarge ? tooLarge(limit) : undefined;
  }

  /** What a browser may have been made to send. A token is sent by nobody who was not told it. */
  #doorRefusal(request: IncomingMessage, asking: Asking): HttpRefusal | undefined {
    const via = this.#actors.get(request)?.via;
    if (via === "token" || OF_ANY_HOST.has(pathOf(request.url))) return undefined;
    const { door } = this.#parts;
    const isByCookie = via === "session";
    const refusal = hostRefusal(request, door);
    if (refusal !== undefined || !(isByCookie || asking === "open" || asking === "signIn")) return refusal;
    if (isPractice(request)) return undefined;
    return crossSiteRefusal(request, door, isByCookie);
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
    const actor = as === "authorised" ? this.#actors.get(request) : undefined;
    const who = actor === undefined ? this.#addressOf(request) : `${actor.via} ${actor.name}`;
    const again = this.#limits.take(as, who, this.#parts.monotonicMs());
    return again === undefined ? refusal : tooMany(as, again);
  }

  /** Octets came that are no request, or a request did not come to its end in time. */
  #failed(code: string | undefined, socket: Duplex): void {
    const isAnswered = this.#inFlight.get(socket)?.headersSent === true;
    if (code === "ECONNRESET" || isAnswered || !socket.writable || !(socket instanceof Socket)) {
      socket.destroy();
      return;
    }
    const again = this.#limits.take("stranger", plain(socket.remoteAddress ?? ""), this.#parts.monotonicMs());
    const refusal = again === undefined ? notHttp(code) : tooMany("stranger", again);
    socket.write(refusalText(refusal, this.#parts.requestId()));
    socket.destroySoon();
  }
}

function isReading({ method }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD";
}

function isPractice({ method, url }: IncomingMessage): boolean {
  return method === "POST" && PRACTICE.test(pathOf(url));
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

/** RFC 9112 §6: a request has a body when one of these says so. */
function hasBody(request: IncomingMessage): boolean {
  return request.headers["transfer-encoding"] !== undefined || lengthOf(request) > 0;
}

/** The length that is announced; 0 where none is. */
function lengthOf({ headers }: IncomingMessage): number {
  return Number(headers["content-length"] ?? 0);
}

function refuseReply(reply: FastifyReply, { headers, ...refusal }: HttpRefusal): FastifyReply {
  return sendProblem(reply.headers({ connection: "close", ...headers }), refusal);
}
