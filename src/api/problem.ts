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
  // As bytes: to a text fastify would add a charset, which JSON does not have (RFC 8259 §11).
  const body = Buffer.from(JSON.stringify({ type: "about:blank", ...problem }));
  return reply.code(problem.status).header("content-type", "application/problem+json").send(body);
}
