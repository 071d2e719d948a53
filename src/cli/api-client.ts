import { causeOf } from "../lib/failure.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { LocatedProblem } from "../model/problem.ts";
import { type Failure, unavailable } from "./failure.ts";

/** A server may have to convert some minutes of sound before it answers. */
const REQUEST_TIMEOUT_MS = 300_000;
/** The one answer that is asked for again and again: a server that has stopped is not waited for. */
const GLANCE_TIMEOUT_MS = 15_000;

/** A request below `/api/v1/`, whatever its answer's status; an error: there is none. */
export type Ask = (path: string, init?: RequestInit) => Promise<Result<Response, Failure>>;

/** What an answer that is no success means for who gave the command. */
export type ReadFailure = (response: Response) => Promise<Failure>;

/** The body of a good answer; undefined for 404. */
export type Read = <T>(
  path: string,
  parse: (response: Response) => Promise<T>,
  init?: RequestInit,
) => Promise<Result<T | undefined, Failure>>;

export interface ApiClient {
  readonly ask: Ask;
  readonly read: Read;
  readonly failureOf: ReadFailure;
}

/** For a question that is asked again and again. */
export function glance(): RequestInit {
  return { signal: AbortSignal.timeout(GLANCE_TIMEOUT_MS) };
}

/** Asks a running server, which sentences call `name`. */
export function apiClient(name: string, http: string, token: string): ApiClient {
  const ask: Ask = async (path, init = {}) => {
    try {
      const response = await fetch(new URL(`/api/v1/${path}`, http), {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${token}` },
        signal: init.signal ?? AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      return ok(response);
    } catch (error) {
      return unavailable(`${name} does not answer at ${http}: ${causeOf(error)}.`);
    }
  };
  const read: Read = async (path, parse, init) => {
    const response = await ask(path, init);
    if (!response.ok) return response;
    if (response.value.status === 404) return ok(undefined);
    if (!response.value.ok) return err(await failureOf(response.value));
    try {
      return ok(await parse(response.value));
    } catch (error) {
      return unavailable(`${name} broke its answer off: ${causeOf(error)}.`);
    }
  };
  const failureOf: ReadFailure = (response) => failureIn(name, response);
  return { ask, read, failureOf };
}

async function failureIn(name: string, response: Response): Promise<Failure> {
  try {
    const body = (await response.json()) as { detail?: string; problems?: readonly LocatedProblem[] };
    if (body.problems !== undefined) return { type: "refused", problems: body.problems };
    if (response.status === 409) return { type: "rejected", sentence: body.detail ?? "" };
    return { type: "unavailable", sentence: `${name} answered ${response.status}: ${body.detail ?? ""}` };
  } catch {
    return { type: "unavailable", sentence: `${name} answered ${response.status}.` };
  }
}
