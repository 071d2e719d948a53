import type { FastifyReply } from "fastify";
import type { LocatedProblem } from "../model/problem.ts";

/** RFC 9457 problem details; `problems` are the located ones of a document. */
export interface ProblemDetails {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly problems?: readonly LocatedProblem[] | undefined;
}

/** Problem details as JSON. As bytes: to a text fastify would add a charset, which JSON does not have (RFC 8259 §11). */
export function problemBody(problem: ProblemDetails): Buffer {
  return Buffer.from(JSON.stringify({ type: "about:blank", ...problem }));
}

/** Answers with problem details (RFC 9457 §3). */
export function sendProblem(reply: FastifyReply, problem: ProblemDetails): FastifyReply {
  const body = problemBody(problem);
  return reply.code(problem.status).header("content-type", "application/problem+json").send(body);
}
