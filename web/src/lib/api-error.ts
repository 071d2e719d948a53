/** Something wrong inside a document that was sent. */
export interface DocumentProblem {
  /** RFC 6901, into the body. */
  readonly pointer: string;
  readonly severity?: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly step?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly suggestion?: { readonly replace: "value" | "key"; readonly with: string };
}

/** What the server said instead of doing it: problem+json (RFC 9457), or that there was no answer at all. */
export class ApiError extends Error {
  /** 0: the server was not reached. */
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly problems: readonly DocumentProblem[];
  /** All members of the answer: `current`, `changedBy`, `users` … */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(status: number, said: Readonly<Record<string, unknown>>) {
    const text = (key: string, otherwise: string): string =>
      typeof said[key] === "string" ? said[key] : otherwise;
    super(text("detail", text("title", `The server answered ${status}.`)));
    this.name = "ApiError";
    this.status = status;
    this.code = text("code", status === 0 ? "notReached" : "unknown");
    this.title = text("title", "");
    this.detail = text("detail", "");
    this.requestId = typeof said["requestId"] === "string" ? said["requestId"] : undefined;
    this.problems = Array.isArray(said["problems"]) ? (said["problems"] as readonly DocumentProblem[]) : [];
    this.more = said;
  }
}

/** Whether somebody else changed the same thing meanwhile. */
export function isStale(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 412;
}

/** Why something was not done, for a message that goes by itself; `notReached`: what is said where there was no answer. */
export function whyNot(error: unknown, notReached: string): string {
  if (error instanceof ApiError && error.status === 0) return notReached;
  return error instanceof Error ? error.message : String(error);
}
