import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { pointerTo } from "./contract/pointer.ts";
import { type Refused, refused } from "./contract/problems.ts";
import type { Asker } from "./contract/role.ts";
import {
  type AnswerOf,
  type BodyOf,
  type CodeOf,
  isRaw,
  needsIfMatch,
  type ParamsOf,
  type QueryOf,
  type RouteShape,
} from "./contract/route.ts";
import { limitOf } from "./gate.ts";
import type { Idempotency, KeptAnswer } from "./idempotency.ts";
import { parseJson } from "./parse-json.ts";
import { sendProblem } from "./problem.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    readonly route?: RouteShape;
  }
  interface FastifyRequest {
    /** Undefined: anybody, at an open route. */
    actor: Asker | undefined;
  }
  interface FastifyInstance {
    readonly idempotency: Idempotency;
  }
}

/** What a handler is given: all that the request says, read as its route has it. */
export interface Asked<Route extends RouteShape> {
  readonly params: ParamsOf<Route>;
  readonly query: QueryOf<Route>;
  readonly body: BodyOf<Route>;
  readonly actor: Route["role"] extends "open" ? Asker | undefined : Asker;
  /** The revision that the client has seen; undefined: `*`, or the route asks for none. */
  readonly ifMatch: number | undefined;
  /** For those who need more than values: cookies, the address of who asks, headers of the answer. */
  readonly http: { readonly request: FastifyRequest; readonly reply: FastifyReply };
}

/** Answers a request: a value, or why not. */
export type Handler<Route extends RouteShape> = (
  asked: Asked<Route>,
) => Promise<Result<AnswerOf<Route>, Refused<CodeOf<Route>>>>;

/** Registers a route with what answers it; the server is one with the prefix `/api/v1`. */
export function serve<const Route extends RouteShape>(
  server: FastifyInstance,
  route: Route,
  handler: Handler<Route>,
): void {
  if (isRaw(route.body) && route.body.raw === "octets") {
    // In a plugin of its own: here, and only here, a body is a stream.
    server.register((inner, _options, done) => {
      inner.removeAllContentTypeParsers();
      inner.addContentTypeParser("*", (_request, payload, parsed) => parsed(null, payload));
      register(inner, route, handler);
      done();
    });
  } else register(server, route, handler);
}

function register<Route extends RouteShape>(
  server: FastifyInstance,
  route: Route,
  handler: Handler<Route>,
): void {
  server.route({
    method: route.method,
    url: route.path,
    config: { route },
    ...(limitOf(route) > 0 && { bodyLimit: limitOf(route) }),
    handler: async (request, reply) => {
      const asked = read(route, request, reply);
      if (!asked.ok) return sendProblem(reply, asked.error);
      if (route.idempotent !== true) return answer(route, reply, await handler(asked.value));
      return once(server.idempotency, route, request, reply, () => handler(asked.value));
    },
  });
}

type ReadCode = "wrongParameters" | "wrongBody" | "noIfMatch" | "badIfMatch";

/** The request as its route has it. */
function read<Route extends RouteShape>(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Result<Asked<Route>, Refused<ReadCode>> {
  const params = parse("wrongParameters", route.params, request.params);
  if (!params.ok) return params;
  const query = parse("wrongParameters", route.query, request.query);
  if (!query.ok) return query;
  const body = bodyOf(route, request);
  if (!body.ok) return body;
  const ifMatch = needsIfMatch(route) ? ifMatchOf(request.headers) : ok(undefined);
  if (!ifMatch.ok) return ifMatch;
  // Each was read by the schema that its type comes from, which TypeScript cannot follow through the route.
  return ok({
    params: params.value,
    query: query.value,
    body: body.value,
    actor: request.actor,
    ifMatch: ifMatch.value,
    http: { request, reply },
  } as Asked<Route>);
}

function bodyOf(route: RouteShape, request: FastifyRequest): Result<unknown, Refused<"wrongBody">> {
  const { body: shape } = route;
  if (shape === undefined) return ok(undefined);
  if (isRaw(shape)) {
    if (shape.raw === "text") return ok(typeof request.body === "string" ? request.body : "");
    const stream = request.body;
    // Given up early, it stays open for the answer.
    return ok(stream instanceof Readable ? stream.iterator({ destroyOnReturn: false }) : noOctets());
  }
  const given = parseJson(request.body);
  if (given === undefined && typeof request.body === "string" && request.body !== "")
    return err(refused("wrongBody", "The body is no JSON that can be read."));
  return parse("wrongBody", shape, given);
}

async function* noOctets(): AsyncIterable<Uint8Array> {}

function parse<Code extends "wrongParameters" | "wrongBody">(
  code: Code,
  schema: z.ZodType | undefined,
  given: unknown,
): Result<unknown, Refused<Code>> {
  if (schema === undefined) return ok(undefined);
  const parsed = schema.safeParse(given);
  if (parsed.success) return ok(parsed.data);
  const { issues } = parsed.error;
  const detail = issues.map((one) => `${one.path.join(".")}: ${one.message}`).join("; ");
  const problems = issues.map((one) => ({
    pointer: pointerTo(one.path),
    severity: "error",
    code: one.code,
    message: one.message,
  }));
  return err(refused(code, detail.slice(0, 2000), { problems: problems.slice(0, 100) }));
}

/** RFC 9110 §13.1.1: a strong tag of ours, or `*`; 0: there is nothing yet. */
function ifMatchOf(
  headers: FastifyRequest["headers"],
): Result<number | undefined, Refused<"noIfMatch" | "badIfMatch">> {
  const header = headers["if-match"];
  // RFC 9110 §13.1.2: only where there is nothing yet.
  if (header === undefined && headers["if-none-match"]?.trim() === "*") return ok(0);
  if (header === undefined)
    return err(refused("noIfMatch", 'Say which revision you have seen, as in If-Match: "3".'));
  if (header.trim() === "*") return ok(undefined);
  const revision = /^"(\d{1,15})"$/.exec(header.trim())?.[1];
  if (revision !== undefined) return ok(Number(revision));
  return err(refused("badIfMatch", 'If-Match is the ETag of one answer, as in "3", or *.'));
}

/** Does the work of a POST once for each Idempotency-Key. */
async function once<Route extends RouteShape>(
  idempotency: Idempotency,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => ReturnType<Handler<Route>>,
): Promise<unknown> {
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string" || key.length < 1 || key.length > 255) {
    const detail = "Send a header Idempotency-Key of 1 to 255 characters, a new one for each thing you make.";
    return sendProblem(reply, refused("noIdempotencyKey", detail));
  }
  const { name = "", via = "" } = request.actor ?? {};
  const place = JSON.stringify([via, name, route.id, key]);
  const claim = idempotency.claim(place, JSON.stringify([request.url, request.body]));
  switch (claim.type) {
    case "reused":
      return sendProblem(
        reply,
        refused("idempotencyKeyReused", "This Idempotency-Key came with another request before."),
      );
    case "inUse":
      return sendProblem(reply, {
        ...refused("idempotencyKeyInUse", "The request with this Idempotency-Key is being worked on."),
        retryAfterSeconds: 1,
      });
    case "answered":
      return send(reply, claim.answer);
    case "new": {
      let kept: KeptAnswer | undefined;
      try {
        const result = await work();
        if (!result.ok) return answer(route, reply, result);
        kept = jsonAnswer(route, result.value);
        return send(reply, kept);
      } finally {
        idempotency.settle(place, kept);
      }
    }
  }
}

function answer<Route extends RouteShape>(
  route: Route,
  reply: FastifyReply,
  result: Awaited<ReturnType<Handler<Route>>>,
): FastifyReply {
  if (!result.ok) return sendProblem(reply, result.error);
  if (route.answer === "nothing") return reply.code(204).send();
  if (!isRaw(route.answer)) return send(reply, jsonAnswer(route, result.value));
  const { value } = result;
  if (!reply.hasHeader("content-type")) reply.header("content-type", route.answer.contentType);
  // RFC 9110 §9.3.2: whoever wants the head alone has nothing read for it.
  if (reply.request.method === "HEAD" && typeof value !== "string") {
    if (value instanceof Readable) value.on("error", () => {}).destroy();
    return reply.send(Readable.from([]));
  }
  const isWhole = typeof value === "string" || value instanceof Readable;
  return reply.send(isWhole ? value : Readable.from(value as AsyncIterable<Uint8Array>));
}

function jsonAnswer(route: RouteShape, value: unknown): KeptAnswer {
  const revision =
    route.etag === true && typeof value === "object" && value !== null && "revision" in value
      ? value.revision
      : undefined;
  return {
    status: route.status ?? 200,
    headers: {
      "content-type": "application/json; charset=utf-8",
      ...(typeof revision === "number" && { etag: `"${revision}"` }),
    },
    body: JSON.stringify(value),
  };
}

function send(reply: FastifyReply, { status, headers, body }: KeptAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}
