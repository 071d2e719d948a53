import type { IncomingMessage, ServerResponse } from "node:http";
import { API_PROBLEMS } from "./contract/problem-kinds.ts";
import type { Refused } from "./contract/problems.ts";
import type { Actor, Role } from "./contract/role.ts";
import { STATUS_CODES } from "./http.ts";
import { problemBody } from "./problem.ts";
import type { Asking } from "./request-limits.ts";

/** Bodies that are read, or worked with, at once: at most 40 MiB each, a company with its sound. */
export const MAX_BODIES = 8;

/** An answer to what does not pass the gate. */
export type HttpRefusal = Refused & { readonly headers?: Readonly<Record<string, string>> };

/** What every answer of the API says. */
export const ALWAYS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Answers before the router, and closes: a body on its way is not read to its end to find the next request. */
export function refuse(response: ServerResponse, refusal: HttpRefusal, requestId: string): void {
  const { status, headers, body } = answerOf(refusal, requestId);
  response.writeHead(status, headers).end(body);
}

/** The same as octets, for where there is no request that could be answered. */
export function refusalText(refusal: HttpRefusal, requestId: string): string {
  const { status, headers, body } = answerOf(refusal, requestId);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body.toString()}`;
}

function answerOf(
  { headers, ...refusal }: HttpRefusal,
  requestId: string,
): { status: number; headers: Record<string, string>; body: Buffer } {
  const body = problemBody(refusal, requestId);
  const type = { "content-type": "application/problem+json", "content-length": String(body.length) };
  const { retryAfterSeconds } = refusal;
  const { status } = API_PROBLEMS[refusal.code];
  return {
    status,
    headers: { connection: "close", ...type, ...ALWAYS, ...again(retryAfterSeconds), ...headers },
    body,
  };
}

function again(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { "retry-after": String(seconds) };
}

export const NOT_AUTHORISED: HttpRefusal = {
  code: "notAuthorised",
  detail:
    "Send the header Authorization: Bearer TOKEN, with the token from the file api-token in the data folder.",
  headers: { "www-authenticate": 'Bearer realm="switchhook"' },
};

export const BUSY: HttpRefusal = {
  code: "busy",
  detail: `${MAX_BODIES} other requests with a body are being served; send this one again in a moment.`,
  retryAfterSeconds: 1,
};

/** RFC 9112 §3.2. */
export const NO_HOST: HttpRefusal = {
  code: "badRequest",
  detail: "A request of HTTP/1.1 has the header Host: NAME.",
};

/** RFC 9110 §10.1.1. */
export const EXPECTS_TOO_MUCH: HttpRefusal = {
  code: "expectationNotMet",
  detail: "The header Expect may say 100-continue and nothing else.",
};

/** What node says of octets that are no request, or come too late. */
const NOT_HTTP: Readonly<Record<string, HttpRefusal>> = {
  HPE_HEADER_OVERFLOW: { code: "headTooLarge", detail: "The head of a request has at most 16 KiB." },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    code: "tooLarge",
    detail: "The extensions of the body's chunks are too long.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: "tooSlow",
    detail: "The head of a request comes within 5 s, the whole of it within 30 s.",
  },
};

/** The answer to octets that node refuses with this code. */
export function notHttp(code: string | undefined): HttpRefusal {
  const known = NOT_HTTP[code ?? ""];
  return known ?? { code: "badRequest", detail: "This is not a request as HTTP/1.1 has it." };
}

const WHOSE: Readonly<Record<Asking, string>> = {
  authorised: "of yours",
  signIn: "to sign in from your address",
  open: "from your address",
  stranger: "without a token from your address",
  wrongToken: "with a wrong token from your address",
};

export function tooMany(asking: Asking, again: number): HttpRefusal {
  const detail = `Too many requests ${WHOSE[asking]}; come again in ${again} s.`;
  return { code: "tooManyRequests", detail, retryAfterSeconds: again };
}

export function notFound({ method, url }: Pick<IncomingMessage, "method" | "url">): HttpRefusal {
  return { code: "notFound", detail: `There is no ${method} ${pathOf(url)}.` };
}

/** The role of who asks is not enough. */
export function notAllowed(actor: Actor, needs: Role): HttpRefusal {
  const detail = `${actor.name} is ${actor.role} here, and this asks for ${needs}.`;
  return { code: "notAllowed", detail, more: { needs } };
}

/** `limit` in octets; 0: no body is taken. */
export function tooLarge(limit: number): HttpRefusal {
  const shown = limit < 1_048_576 ? `${limit / 1024} KiB` : `${limit / 1_048_576} MiB`;
  const detail = limit === 0 ? "This address takes no body." : `A body here has at most ${shown}.`;
  return { code: "tooLarge", detail };
}

/** What is before the query. */
export function pathOf(url: string | undefined): string {
  return (url ?? "").split("?", 1)[0] ?? "";
}
