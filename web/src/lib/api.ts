import { ApiError } from "./api-error.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What goes with a request, besides its method and its path below `/api/v1`. */
export interface RequestParts {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Sent as JSON; a Blob goes as it is. */
  readonly body?: unknown;
  /** The revision that the person has seen (ETag). */
  readonly ifMatch?: string | number | undefined;
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
  const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
  const body: unknown = isJson ? await response.json().catch(() => undefined) : await response.text();
  if (response.ok) return body as Answer;
  if (response.status === 401) signedOut?.();
  throw new ApiError(response.status, isRecord(body) ? body : {});
}

async function send(method: Method, path: string, parts: RequestParts): Promise<Response> {
  const { query = {}, body, ifMatch, idempotencyKey, signal } = parts;
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  ).toString();
  const headers = new Headers({ accept: "application/json, application/problem+json" });
  // A write without a body says so as JSON: the server takes unsafe methods in JSON only, which no foreign form can send.
  const isBlob = body instanceof Blob;
  if (isBlob) headers.set("content-type", "application/octet-stream");
  else if (method !== "GET") headers.set("content-type", "application/json");
  if (ifMatch !== undefined) headers.set("if-match", ifMatch === "*" ? "*" : `"${ifMatch}"`);
  if (method === "POST") headers.set("idempotency-key", idempotencyKey ?? crypto.randomUUID());
  const sent = isBlob ? body : method === "GET" ? null : JSON.stringify(body ?? {});
  try {
    return await fetch(`${BASE}${path}${search === "" ? "" : `?${search}`}`, {
      method,
      headers,
      body: sent,
      signal: signal ?? null,
      credentials: "same-origin",
      redirect: "error",
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, { title: "The server was not reached." });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
