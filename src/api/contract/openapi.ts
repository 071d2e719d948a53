import { z } from "zod";
import { KINDS, type KindName, kindOf } from "../../model/entities/kinds.ts";
import { ANY_ROUTE, API_PROBLEMS, type ApiProblemCode } from "./problem-kinds.ts";
import { documentProblem } from "./problem-schema.ts";
import { isRaw, needsIfMatch, type RouteShape, schemaShownFor } from "./route.ts";

// The contract as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1), made from the route values alone.

type Json = Readonly<Record<string, unknown>>;
type Io = "input" | "output";

/** Every code that a route may answer with. */
export function codesOf(route: RouteShape): readonly ApiProblemCode[] {
  const codes = new Set<ApiProblemCode>([...route.problems, ...ANY_ROUTE]);
  if (route.role === "open") for (const code of ["notAuthorised", "notAllowed"] as const) codes.delete(code);
  if (needsIfMatch(route)) for (const code of ["noIfMatch", "badIfMatch"] as const) codes.add(code);
  if (route.idempotent === true)
    for (const code of ["noIdempotencyKey", "idempotencyKeyReused", "idempotencyKeyInUse"] as const)
      codes.add(code);
  return [...codes];
}

/** The document that `GET /api/v1/openapi.json` answers. */
export function openapiOf(routes: readonly RouteShape[], version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Switchhook",
      version,
      description:
        "Everything that the web interface and the command line do. Errors are problem details (RFC 9457).",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Problem: problemSchema(), ...documentSchemas() },
    },
  };
}

function operationOf(route: RouteShape): Json {
  const { id, summary, role } = route;
  const body = bodyOf(route);
  return {
    operationId: id,
    tags: [id.split(".")[0]],
    summary,
    "x-role": role,
    ...(role === "open" && { security: [] }),
    parameters: [
      ...parametersOf(route.params, "path"),
      ...parametersOf(route.query, "query"),
      ...headersOf(route),
    ],
    ...(body !== undefined && { requestBody: { required: true, content: body } }),
    responses: { ...successOf(route), ...refusalsOf(route) },
  };
}

function bodyOf({ body, method }: RouteShape): Json | undefined {
  if (body === undefined) return undefined;
  if (isRaw(body)) return { [body.contentType]: {} };
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  return { [type]: { schema: schemaOf(body, "input") } };
}

function successOf({ answer, status, etag }: RouteShape): Json {
  if (answer === "nothing") return { 204: { description: "Done." } };
  const content = isRaw(answer)
    ? { [answer.contentType]: {} }
    : { "application/json": { schema: schemaOf(answer, "output") } };
  const headers = { ETag: { description: "The revision.", schema: { type: "string" } } };
  return { [status ?? 200]: { description: "Done.", ...(etag === true && { headers }), content } };
}

function refusalsOf(route: RouteShape): Json {
  const byStatus = new Map<number, ApiProblemCode[]>();
  for (const code of codesOf(route)) {
    const { status } = API_PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, { description: codes.join(", "), content }]),
  );
}

function parametersOf(schema: z.ZodObject | undefined, where: "path" | "query"): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    schema: property,
  }));
}

function headersOf(route: RouteShape): readonly Json[] {
  const header = (name: string, description: string, required: boolean): Json => {
    return { name, in: "header", required, description, schema: { type: "string" } };
  };
  return [
    ...(needsIfMatch(route)
      ? [
          header(
            "If-Match",
            "The ETag that was seen, or *. Where nothing is there yet: If-None-Match: * instead.",
            false,
          ),
        ]
      : []),
    ...(route.idempotent === true
      ? [header("Idempotency-Key", "One of your own for each thing that is made; kept for 24 hours.", true)]
      : []),
  ];
}

/** `Phone`: the name of a kind's document; what a client sends has other required members. */
function nameOf(kind: KindName, io: Io): string {
  const name = kind.slice(0, 1).toUpperCase() + kind.slice(1);
  return io === "input" ? `${name}Given` : name;
}

/** The document of which kind a schema is. */
function kindOfSchema(schema: z.ZodType): KindName | undefined {
  return (Object.keys(KINDS) as KindName[]).find((name) => {
    const kind = kindOf(name);
    return schema === (kind.schema as z.ZodType) || schema === (kind.storedSchema as z.ZodType | undefined);
  });
}

function schemaOf(schema: z.ZodType, io: Io): Json {
  return withoutDialect(
    z.toJSONSchema(schema, {
      io,
      unrepresentable: "any",
      override({ zodSchema, jsonSchema }) {
        const shown = schemaShownFor(zodSchema);
        const kind = shown === undefined ? undefined : kindOfSchema(shown);
        if (kind !== undefined) jsonSchema.$ref = `#/components/schemas/${nameOf(kind, io)}`;
      },
    }),
  );
}

function problemSchema(): Json {
  const schema = z.looseObject({
    type: z.string().describe("A reference to the paragraph of the reference page about the code."),
    code: z.enum(Object.keys(API_PROBLEMS) as [ApiProblemCode, ...ApiProblemCode[]]),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("A sentence about this very request."),
    requestId: z.string().describe("The log of the server has the same."),
    problems: z.array(documentProblem).optional().describe("Where the body is wrong."),
  });
  return withoutDialect(z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }));
}

/** The documents of all kinds, each with what it refers to inside itself. */
function documentSchemas(): Json {
  const all: Record<string, unknown> = {};
  for (const name of Object.keys(KINDS) as KindName[]) {
    const { schema, storedSchema } = kindOf(name);
    for (const io of ["input", "output"] as const) {
      const own = nameOf(name, io);
      const made = z.toJSONSchema(io === "output" ? (storedSchema ?? schema) : schema, {
        io,
        unrepresentable: "any",
      });
      const { $defs = {}, ...whole } = withoutDialect(made) as { readonly $defs?: Json };
      all[own] = relinked(whole, own);
      for (const [part, value] of Object.entries($defs)) all[partName(own, part)] = relinked(value, own);
    }
  }
  return all;
}

function partName(own: string, part: string): string {
  return `${own}-${part.replaceAll(/[^A-Za-z0-9]/g, "")}`;
}

/** References inside a schema lead to where its parts stand in the whole document. */
function relinked(value: unknown, own: string): unknown {
  if (Array.isArray(value)) return value.map((inner: unknown) => relinked(inner, own));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      if (key !== "$ref" || typeof inner !== "string") return [key, relinked(inner, own)];
      const part = /^#\/\$defs\/(.+)$/.exec(inner)?.[1];
      return [key, `#/components/schemas/${part === undefined ? own : partName(own, part)}`];
    }),
  );
}

function withoutDialect({ $schema: _dialect, ...schema }: z.core.JSONSchema.BaseSchema): Json {
  return schema;
}
