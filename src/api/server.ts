import { createServer } from "node:http";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import fastify from "fastify";
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
} from "fastify-type-provider-zod";
import { Gate } from "./gate.ts";
import type { ApiPorts } from "./ports.ts";
import { type ProblemDetails, sendProblem } from "./problem.ts";
import { ALWAYS } from "./refusals.ts";
import { accessRoutes } from "./routes/access.ts";
import { audioRoutes } from "./routes/audio.ts";
import { callRoutes } from "./routes/calls.ts";
import { companyRoutes } from "./routes/company.ts";
import { reloadRoutes } from "./routes/reload.ts";
import { statusRoutes } from "./routes/status.ts";

/** A company file is at most 4 MiB, and nothing else that is sent here is as large. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
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

/** The HTTP API; `listen` and `close` are the caller's. */
export function createApiServer(ports: ApiPorts): FastifyInstance {
  const gate = new Gate(ports);
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    serverFactory: (handler) => {
      const http = createServer(HTTP);
      gate.guard(http, handler);
      return http;
    },
    // The gate has answered already.
    clientErrorHandler: () => {},
    // What the router cannot read comes by no hook. Only who has the token gets so far.
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply.headers({ connection: "close", ...ALWAYS }), notAccepted(error));
    },
    // A stop does not wait for clients that keep a connection open.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  gate.guardRoutes(server);
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  // Bodies are company files: text for our own reader, which gives JSON lines and columns too.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, parsed) => parsed(null, body));
  server.setErrorHandler((error: FastifyError, request, reply) => answerError(ports, error, request, reply));
  server.addHook("onSend", async (_request, reply) => {
    reply.headers(ALWAYS);
  });
  statusRoutes(server, ports);
  server.register(
    (api, _options, done) => {
      api.register(companyRoutes(ports));
      api.register(callRoutes(ports));
      api.register(accessRoutes(ports));
      api.register(audioRoutes(ports));
      api.register(reloadRoutes(ports));
      done();
    },
    { prefix: "/api/v1" },
  );
  return server;
}

function answerError(
  ports: ApiPorts,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const detail = error.validation.map((one) => `${one.instancePath.slice(1)}: ${one.message}`).join("; ");
    return sendProblem(reply, { title: "Wrong parameters", status: 400, detail });
  }
  if ((error.statusCode ?? 500) < 500) return sendProblem(reply, notAccepted(error));
  ports.failed(`${request.method} ${request.routeOptions.url ?? request.url}`, error);
  // What went wrong inside is in the log, not in the answer.
  return sendProblem(reply, {
    title: "Error",
    status: 500,
    detail: "Something went wrong here; the log of the server says what.",
  });
}

function notAccepted({ statusCode = 400, message }: FastifyError): ProblemDetails {
  return { title: "Not accepted", status: statusCode, detail: message };
}
