import type { FastifyReply } from "fastify";
import { problemDetails, type Refused } from "./contract/problems.ts";

/** Problem details as JSON. As bytes: to a text fastify would add a charset, which JSON does not have (RFC 8259 §11). */
export function problemBody(refusal: Refused, requestId: string): Buffer {
  return Buffer.from(JSON.stringify(problemDetails(refusal, requestId)));
}

/** Answers with problem details (RFC 9457 §3). */
export function sendProblem(reply: FastifyReply, refusal: Refused): FastifyReply {
  const { id } = reply.request;
  const { status } = problemDetails(refusal, id);
  const { retryAfterSeconds } = refusal;
  if (retryAfterSeconds !== undefined) reply.header("retry-after", String(retryAfterSeconds));
  return reply.code(status).header("content-type", "application/problem+json").send(problemBody(refusal, id));
}
