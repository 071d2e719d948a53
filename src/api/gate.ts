import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { givesToken, tokenCheck } from "./auth.ts";
import { Connections, plain } from "./connections.ts";
import type { ApiPorts } from "./ports.ts";
import { type ProblemDetails, sendProblem } from "./problem.ts";
import { type Asking, RequestLimits } from "./request-limits.ts";

/** Routes that need no token. */
const OPEN: ReadonlySet<string> = new Set(["/health", "/ready", "/metrics"]);
/** Its body is a stream of octets, which the route itself bounds, with a sentence that names the file. */
const STREAMED = "/api/v1/audio/content";
/** Bodies that are read, or worked with, at once: at most 10 MiB each. */
export const MAX_BODIES = 8;

type Refusal = ProblemDetails & { readonly headers?: Readonly<Record<string, string>> };

/**
 * The gate of the API, before any route: who may not ask this is answered without a look at the body, and the
 * connection is closed, so that a body nobody asked for costs nothing. The bodies that are read are of those with the
 * token, within the limit of their route, and few at once.
 */
export function addGate(server: FastifyInstance, ports: Pick<ApiPorts, "token" | "monotonicMs">): void {
  const connections = new Connections();
  const isRight = tokenCheck(ports.token);
  const limits = new RequestLimits();
  /** Requests that wait for "100 Continue" before they send their body (RFC 9110 §10.1.1). */
  const waiting = new WeakSet<object>();
  let bodies = 0;

  const http = server.server;
  http.on("connection", (socket) => connections.opened(socket));
  http.prependListener("request", (request, response) => {
    connections.asked(request.socket);
    response.once("close", () => connections.answered(request.socket));
  });
  http.on("checkContinue", (request, response) => {
    waiting.add(request);
    http.emit("request", request, response);
  });

  server.addHook("onRequest", async (request, reply) => {
    const asking = askingOf(request, isRight);
    const again =
      request.routeOptions.url === "/health"
        ? undefined
        : limits.take(asking, plain(request.raw.socket.remoteAddress ?? ""), ports.monotonicMs());
    const refusal = refusalOf(request, asking, again, bodies);
    if (refusal !== undefined) return refuse(reply, refusal);
    if (!hasBody(request)) return undefined;
    bodies += 1;
    reply.raw.once("close", () => {
      bodies -= 1;
    });
    if (waiting.has(request.raw)) reply.raw.writeContinue();
    return undefined;
  });
}

function askingOf(request: FastifyRequest, isRight: (header: string | undefined) => boolean): Asking {
  const { authorization } = request.headers;
  const isOpen = OPEN.has(request.routeOptions.url ?? "");
  if (isOpen) return "open";
  if (isRight(authorization)) return "authorised";
  return !request.is404 && givesToken(authorization) ? "wrongToken" : "stranger";
}

function refusalOf(
  request: FastifyRequest,
  asking: Asking,
  again: number | undefined,
  bodies: number,
): Refusal | undefined {
  if (again !== undefined) return tooMany(asking, again);
  if (request.is404) return notFound(request);
  if (asking === "stranger" || asking === "wrongToken") return NOT_AUTHORISED;
  if (!hasBody(request)) return undefined;
  const limit = asking === "open" ? 0 : request.routeOptions.bodyLimit;
  const isTooLarge = request.routeOptions.url !== STREAMED && lengthOf(request) > limit;
  if (isTooLarge || limit === 0) return tooLarge(limit);
  return bodies >= MAX_BODIES ? BUSY : undefined;
}

/** RFC 9112 §6: a request has a body when one of these says so. */
function hasBody(request: FastifyRequest): boolean {
  return request.headers["transfer-encoding"] !== undefined || lengthOf(request) > 0;
}

/** The length that is announced; 0 where none is. */
function lengthOf({ headers }: FastifyRequest): number {
  return Number(headers["content-length"] ?? 0);
}

function refuse(reply: FastifyReply, { headers, ...problem }: Refusal): FastifyReply {
  // Closed, so that a body on its way is not read to its end to find the next request.
  return sendProblem(reply.headers({ connection: "close", ...headers }), problem);
}

const NOT_AUTHORISED: Refusal = {
  title: "Not authorised",
  status: 401,
  detail:
    "Send the header Authorization: Bearer TOKEN, with the token from the file api-token in the data folder.",
  headers: { "www-authenticate": 'Bearer realm="switchhook"' },
};

const BUSY: Refusal = {
  title: "Busy",
  status: 503,
  detail: `${MAX_BODIES} other requests with a body are being served; send this one again in a moment.`,
  headers: { "retry-after": "1" },
};

const WHOSE: Readonly<Record<Asking, string>> = {
  authorised: "with this token",
  open: "from your address",
  stranger: "without a token from your address",
  wrongToken: "with a wrong token from your address",
};

function tooMany(asking: Asking, again: number): Refusal {
  const detail = `Too many requests ${WHOSE[asking]}; come again in ${again} s.`;
  return { title: "Too many requests", status: 429, detail, headers: { "retry-after": String(again) } };
}

function notFound(request: FastifyRequest): Refusal {
  const detail = `There is no ${request.method} ${request.url.split("?", 1)[0]}.`;
  return { title: "Not found", status: 404, detail };
}

function tooLarge(limit: number): Refusal {
  const detail =
    limit === 0 ? "This address takes no body." : `A body here has at most ${limit / 1_048_576} MiB.`;
  return { title: "Too large", status: 413, detail };
}
