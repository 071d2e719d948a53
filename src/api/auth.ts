import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "./problem.ts";

/** Lets only requests with `Authorization: Bearer <token>` through (RFC 6750 §2.1). */
export function bearerGuard(token: string): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const wanted = digest(token);
  return async (request, reply) => {
    const given = /^Bearer +([0-9a-zA-Z]{1,256})$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    // Hashes have one length and are compared in constant time.
    if (timingSafeEqual(digest(given), wanted)) return;
    reply.header("www-authenticate", 'Bearer realm="switchhook"');
    await sendProblem(reply, {
      title: "Not authorised",
      status: 401,
      detail:
        "Send the header Authorization: Bearer TOKEN, with the token from the file api-token in the data folder.",
    });
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
