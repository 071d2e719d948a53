import { z } from "zod";
import type { ANY_ROUTE, ApiProblemCode } from "./problem-kinds.ts";
import type { Role } from "./role.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A body or an answer that is no JSON. */
export interface RawContent {
  /** `text` arrives as one string, `octets` as a stream. */
  readonly raw: "text" | "octets";
  /** As the reference shows it; what a client calls its body is not looked at. */
  readonly contentType: string;
}

/** One thing that the API does: all that there is to know of it but how (docs/adr/0067). Below `/api/v1`. */
export interface RouteShape {
  /** `phones.list`: the resource and the verb; the name of the call in clients. */
  readonly id: string;
  readonly method: Method;
  /** `/phones/:id`. */
  readonly path: `/${string}`;
  /** One line, in the imperative. */
  readonly summary: string;
  /** The least role that may; `open`: anybody, without being known. */
  readonly role: Role | "open";
  readonly params?: z.ZodObject | undefined;
  readonly query?: z.ZodObject | undefined;
  readonly body?: z.ZodType | RawContent | undefined;
  /** In octets; 4 MiB when left out, 16 KiB where the route is open. */
  readonly bodyLimit?: number;
  /** `nothing`: 204. */
  readonly answer: z.ZodType | RawContent | "nothing";
  /** 201 where something comes into being, 202 where it will; 200 when left out. */
  readonly status?: 201 | 202;
  /** Besides those that any route may answer. */
  readonly problems: readonly ApiProblemCode[];
  /**
   * The answer has a `revision`, which is sent as ETag too; PUT, PATCH and DELETE need it back as If-Match. Where there is
   * nothing yet that is If-None-Match: *, which a handler sees as revision 0.
   */
  readonly etag?: true;
  /** POST that needs an Idempotency-Key. */
  readonly idempotent?: true;
}

/** A route, with its types as they are written. */
export function route<const Shape extends RouteShape>(shape: Shape): Shape {
  return shape;
}

type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Part<Shape, Key extends string> = Shape extends { readonly [K in Key]: infer Value } ? Value : undefined;

export type ParamsOf<Shape extends RouteShape> = OutputOf<Part<Shape, "params">>;
export type QueryOf<Shape extends RouteShape> = OutputOf<Part<Shape, "query">>;
/** What a client gives: defaults may be left out. @public */
export type QueryGiven<Shape extends RouteShape> =
  Part<Shape, "query"> extends infer Schema extends z.ZodType ? z.input<Schema> : undefined;
/** @public */
export type BodyGiven<Shape extends RouteShape> =
  Part<Shape, "body"> extends infer Schema extends z.ZodType ? z.input<Schema> : RawBody<Part<Shape, "body">>;
export type AnswerOf<Shape extends RouteShape> = Shape["answer"] extends z.ZodType
  ? z.output<Shape["answer"]>
  : Shape["answer"] extends RawContent
    ? RawBody<Shape["answer"]>
    : undefined;
/** Codes that the handler of a route may refuse with. */
export type CodeOf<Shape extends RouteShape> = Shape["problems"][number] | (typeof ANY_ROUTE)[number];

type RawBody<Content> = Content extends { readonly raw: "text" }
  ? string
  : Content extends { readonly raw: "octets" }
    ? AsyncIterable<Uint8Array>
    : undefined;
/** What a handler gets: JSON as its schema reads it. */
export type BodyOf<Shape extends RouteShape> =
  Part<Shape, "body"> extends z.ZodType ? OutputOf<Part<Shape, "body">> : RawBody<Part<Shape, "body">>;

/** Something in an answer whose type the server holds and nobody checks again. */
export function typed<Value>(description: string): z.ZodType<Value, Value> {
  return z.custom<Value>().describe(description);
}

/** What is shown of schemas that stand for others. */
const shown = new WeakMap<object, z.ZodType>();

/** Something that is of a schema without being checked by it here: the use case does, in sentences, or made it itself. */
export function shownAs<Value>(schema: z.ZodType, description: string): z.ZodType<Value, Value> {
  const standIn = z.custom<Value>().describe(description);
  shown.set(standIn, schema);
  return standIn;
}

/** The schema that the reference has in place of this one. */
export function schemaShownFor(standIn: object): z.ZodType | undefined {
  return shown.get(standIn);
}

/** Whether a body or an answer is no JSON. */
export function isRaw(content: RouteShape["answer"] | RouteShape["body"]): content is RawContent {
  return typeof content === "object" && "raw" in content;
}

/** Whether a route asks for If-Match. */
export function needsIfMatch({ etag, method }: RouteShape): boolean {
  return etag === true && (method === "PUT" || method === "PATCH" || method === "DELETE");
}
