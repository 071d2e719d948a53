import type { FastifyReply } from "fastify";
import type { LocatedProblem } from "./contract/company.ts";

/** RFC 9457 problem details; `problems` are the located ones of a document. */
export interface ProblemDetails {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly problems?: readonly LocatedProblem[] | undefined;
}

/** Answers with problem details (RFC 9457 §3). */
export function sendProblem(reply: FastifyReply, problem: ProblemDetails): FastifyReply {
  return reply
    .code(problem.status)
    .header("content-type", "application/problem+json")
    .send(JSON.stringify({ type: "about:blank", ...problem }));
}
