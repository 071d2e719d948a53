import { API_PROBLEMS, type ApiProblemCode } from "./problem-kinds.ts";

/** A request that is refused: which problem it is, and of what. */
export interface Refused<Code extends ApiProblemCode = ApiProblemCode> {
  readonly code: Code;
  /** A sentence about this very request. */
  readonly detail: string;
  /** Further members of the answer: `problems`, `current`, `users` … */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** The value of `err(…)` in a handler. */
export function refused<const Code extends ApiProblemCode>(
  code: Code,
  detail: string,
  more?: Readonly<Record<string, unknown>>,
): Refused<Code> {
  return { code, detail, more };
}

/** RFC 9457 problem details, as every answer from 400 on has them. */
export interface ProblemDetails {
  /** A reference to the paragraph of the reference page that explains the code. */
  readonly type: string;
  readonly code: ApiProblemCode;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The log of the server has the same. */
  readonly requestId: string;
}

export function problemDetails({ code, detail, more }: Refused, requestId: string): ProblemDetails {
  const { title, status } = API_PROBLEMS[code];
  return { type: `/api/v1/reference#${code}`, code, title, status, detail, requestId, ...more };
}
