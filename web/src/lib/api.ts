import routes from "virtual:routes";
import type {
  AnswerOf,
  BodyGiven,
  Method,
  ParamsOf,
  QueryGiven,
  RouteShape,
} from "../../../src/api/contract/route.ts";
import { ApiError } from "./api-error.ts";
import { dropEarly, get, takeEarly } from "./early.ts";
import { randomId } from "./random-id.ts";

/** The parts of a request that a route has, with their types. */
type PartsOf<Route extends RouteShape> = Omit<RequestParts, "query" | "body"> &
  Part<"params", ParamsOf<Route>> &
  Part<"query", QueryGiven<Route>> &
  Part<"body", BodyGiven<Route>>;
type Part<Key extends string, Value> = Value extends undefined
  ? { readonly [K in Key]?: undefined }
  : Partial<Value> extends Value
    ? { readonly [K in Key]?: Value }
    : { readonly [K in Key]: Value };

/**
 * Asks by a route of the contract: `api<typeof userRoutes.get>("users.get", { params: { id } })`. The route gives the types; the
 * program has only its method and its path.
 */
export function api<Route extends RouteShape>(
  id: Route["id"],
  ...given: object extends PartsOf<Route> ? [parts?: PartsOf<Route>] : [parts: PartsOf<Route>]
): Promise<AnswerOf<Route>> {
  const parts = (given[0] ?? {}) as RequestParts & { readonly params?: unknown };
  const [method, path] = routes[id] ?? [];
  if (method === undefined || path === undefined) throw new Error(`the contract has no route ${id}`);
  const values = (parts.params ?? {}) as Readonly<Record<string, unknown>>;
  const filled = path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(String(values[name])));
  return request(method, filled, parts);
}

/** What goes with a request, besides its method and its path below `/api/v1`. */
export interface RequestParts {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Sent as JSON; a Blob goes as it is. */
  readonly body?: unknown;
  /** The revision that the person has seen (ETag). */
  readonly ifMatch?: string | number | undefined;
  /** `*`: only where there is nothing yet. */
  readonly ifNoneMatch?: "*" | undefined;
  /** Of a POST that shall not be done twice; when left out, a new one. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const BASE = "/api/v1";

/** Who wants to know that a request was made without being signed in. */
let signedOut: (() => void) | undefined;
export function whenSignedOut(listener: () => void): void {
  signedOut = listener;
}

/**
 * One request to the server of this page. Answers the JSON, or undefined for 204; throws ApiError for whatever else.
 * The cookie of the session goes along by itself; nothing of it is known here.
 */
export async function request<Answer>(
  method: Method,
  path: string,
  parts: RequestParts = {},
): Promise<Answer> {
  const response = await send(method, path, parts);
  if (response.status === 204) return undefined as Answer;
  const body = await bodyOf(response);
  if (response.ok) return body as Answer;
  throw refusal(response, body);
}

/** Asks for a file by POST, and gives it to the browser to keep, under the name that the server says. */
export async function download(path: string, body: unknown, name: string): Promise<void> {
  const response = await send("POST", path, { body });
  if (!response.ok) throw refusal(response, await bodyOf(response));
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? name;
  link.click();
  URL.revokeObjectURL(address);
}

async function bodyOf(response: Response): Promise<unknown> {
  const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
  return isJson ? await response.json().catch(() => undefined) : await response.text();
}

function refusal({ status }: Response, body: unknown): ApiError {
  if (status === 401) signedOut?.();
  return new ApiError(status, isRecord(body) ? body : {});
}

async function send(method: Method, path: string, parts: RequestParts): Promise<Response> {
  const { query = {}, body, ifMatch, ifNoneMatch, idempotencyKey, signal } = parts;
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  ).toString();
  const address = `${BASE}${path}${search === "" ? "" : `?${search}`}`;
  if (method === "GET") return reached(takeEarly(address) ?? get(address, signal ?? null), signal);
  dropEarly();
  const headers = new Headers({ accept: "application/json, application/problem+json" });
  // A write without a body says so as JSON: the server takes unsafe methods in JSON only, which no foreign form can send.
  const isBlob = body instanceof Blob;
  // Not text/plain, which a foreign form could send as well.
  if (isBlob) headers.set("content-type", "application/octet-stream");
  else headers.set("content-type", "application/json");
  if (ifMatch !== undefined) headers.set("if-match", ifMatch === "*" ? "*" : `"${ifMatch}"`);
  if (ifNoneMatch !== undefined) headers.set("if-none-match", ifNoneMatch);
  if (method === "POST") headers.set("idempotency-key", idempotencyKey ?? randomId());
  const sent = fetch(address, {
    method,
    headers,
    body: isBlob ? body : JSON.stringify(body ?? {}),
    signal: signal ?? null,
    credentials: "same-origin",
    redirect: "error",
  });
  return reached(sent, signal);
}

async function reached(sent: Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await sent;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, { title: "The server was not reached." });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
