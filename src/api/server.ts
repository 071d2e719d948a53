import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import fastify from "fastify";
import { randomIds } from "../runtime/ids.ts";
import { type Refused, refused } from "./contract/problems.ts";
import { ROUTES } from "./contract/routes.ts";
import { Gate } from "./gate.ts";
import { createServer } from "./http.ts";
import { Idempotency } from "./idempotency.ts";
import { servePages } from "./pages.ts";
import type { ApiPorts } from "./ports.ts";
import { sendProblem } from "./problem.ts";
import { ALWAYS } from "./refusals.ts";
import { serveAccess } from "./routes/access.ts";
import { serveAudio } from "./routes/audio.ts";
import { serveBackup } from "./routes/backup.ts";
import { serveCalls } from "./routes/calls.ts";
import { serveCompany } from "./routes/company.ts";
import { serveEntities } from "./routes/entities.ts";
import { serveEvents } from "./routes/events.ts";
import { serveHistory } from "./routes/history.ts";
import { serveJobs } from "./routes/jobs.ts";
import { serveOpenId, serveOpenIdLink } from "./routes/open-id.ts";
import { serveOverview } from "./routes/overview.ts";
import { servePlans } from "./routes/plans.ts";
import { servePractice, servePracticeReceivers } from "./routes/practice.ts";
import { serveReference } from "./routes/reference.ts";
import { serveReload } from "./routes/reload.ts";
import { serveRestore } from "./routes/restore.ts";
import { serveSession } from "./routes/session.ts";
import { statusRoutes } from "./routes/status.ts";
import { serveTokens } from "./routes/tokens.ts";
import { serveUsers } from "./routes/users.ts";
import { serveWebhookTrials } from "./routes/webhook-trials.ts";

/** Routes that take more say so. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const REQUEST_ID_BITS = 64;
/** The whole head of a request has 5 s, from the connection on; the whole request with its body 30 s. */
const HTTP = {
  headersTimeout: 5_000,
  requestTimeout: 30_000,
  // Node looks for late ones every 30 s otherwise.
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 10_000,
  // The gate refuses it, as all else.
  requireHostHeader: false,
} as const;

/** Routes have schemas of their own (serve.ts); without these two, fastify loads Ajv and a compiler of serialisers. */
const NO_SCHEMAS = {
  buildValidator: () => noCompiler,
  buildSerializer: () => noCompiler,
};

function noCompiler(): never {
  throw new Error("a route has a schema of fastify's");
}

/** The HTTP API; `listen` and `close` are the caller's. */
export function createApiServer(ports: ApiPorts): FastifyInstance {
  const server = guardedServer(ports);
  // Bodies are company files: text for our own reader, which gives JSON lines and columns too.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, parsed) => parsed(null, body));
  server.setErrorHandler((error: FastifyError, request, reply) => answerError(ports, error, request, reply));
  server.addHook("onSend", async (_request, reply) => {
    for (const [name, value] of Object.entries(ALWAYS)) if (!reply.hasHeader(name)) reply.header(name, value);
  });
  statusRoutes(server, ports);
  servePracticeReceivers(server, ports.practice);
  servePages(server, ports.pagesFolder);
  server.register(
    (api, _options, done) => {
      serveContract(api, ports);
      done();
    },
    { prefix: "/api/v1" },
  );
  return server;
}

/** A server that answers nobody but whom the gate lets in, and knows who that is (`request.actor`). */
function guardedServer(ports: ApiPorts): FastifyInstance {
  const { authenticate, door } = ports;
  const ids = randomIds();
  const requestId = (): string => ids.hex(REQUEST_ID_BITS);
  const monotonicMs = (): number => ports.monotonicMs();
  const gate = new Gate({ authenticate, door, routes: ROUTES, requestId, monotonicMs });
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    genReqId: requestId,
    serverFactory: (handler) => {
      const http = createServer(HTTP);
      gate.guard(http, handler);
      return http;
    },
    // The gate has answered already.
    clientErrorHandler: () => {},
    // What the router cannot read comes by no hook. Who has no token gets so far with addresses of pages only.
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply.headers({ connection: "close", ...ALWAYS }), notAccepted(error));
    },
    // A stop does not wait for clients that keep a connection open.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    schemaController: { compilersFactory: NO_SCHEMAS },
  });
  server.decorate("idempotency", new Idempotency(monotonicMs));
  server.decorateRequest("actor", undefined);
  server.addHook("onRequest", async (request) => {
    request.actor = gate.actorOf(request.raw);
  });
  gate.guardRoutes(server);
  return server;
}

/** All routes of the contract (contract/routes.ts). */
function serveContract(api: FastifyInstance, ports: ApiPorts): void {
  serveEntities(api, ports.entities);
  serveCompany(api, ports);
  serveCalls(api, ports);
  serveWebhookTrials(api, ports.webhookTrials);
  servePractice(api, ports.practice);
  serveOverview(api, ports);
  serveEvents(api, ports.follow, ports.authenticate);
  serveAccess(api, ports);
  serveAudio(api, ports.audio);
  servePlans(api, ports);
  serveReload(api, ports);
  serveBackup(api, ports);
  serveRestore(api, ports);
  serveSession(api, ports);
  serveOpenId(api, ports);
  serveOpenIdLink(api, ports);
  serveUsers(api, ports);
  serveTokens(api, ports);
  serveHistory(api, ports);
  serveJobs(api, ports);
  serveReference(api, ports);
}

function answerError(
  ports: ApiPorts,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if ((error.statusCode ?? 500) < 500) return sendProblem(reply, notAccepted(error));
  ports.failed(`${request.method} ${request.routeOptions.url ?? request.url}`, error, request.id);
  // What went wrong inside is in the log, not in the answer.
  return sendProblem(
    reply,
    refused("fault", "Something went wrong here; the log of the server says what, under this request id."),
  );
}

function notAccepted({ statusCode, message }: FastifyError): Refused {
  return refused(statusCode === 413 ? "tooLarge" : "badRequest", message);
}
