import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { err, ok } from "../../lib/result.ts";
import { practiceRoutes } from "../contract/practice.ts";
import { refused } from "../contract/problems.ts";
import { OPEN_BODY_BYTES } from "../gate.ts";
import type { PracticePorts } from "../practice-ports.ts";
import { sendProblem } from "../problem.ts";
import { serve } from "../serve.ts";

const NO_SUCH_RECEIVER = refused("notFound", "There is no practice receiver with this id.");
/** Somebody typed it, and it comes from the origin of the pages: a browser shows it as what it is, and runs nothing of it. */
const HARMLESS = {
  "content-security-policy": "sandbox; default-src 'none'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;

type Request = FastifyRequest<{ Params: { id: string } }>;

/** Where webhooks ask: anybody may, as at any receiver, and hears what somebody typed into its page. */
export function servePracticeReceivers(server: FastifyInstance, practice: PracticePorts): void {
  const answer = async (request: Request, reply: FastifyReply): Promise<FastifyReply> => {
    const isTest = request.headers["x-switchhook-test"] === "1";
    const answered = await practice.ask(request.params.id, parametersOf(request), isTest);
    if (answered === undefined) return sendProblem(reply, NO_SUCH_RECEIVER);
    return reply
      .code(answered.status)
      .headers(HARMLESS)
      .header("content-type", `${answered.contentType}; charset=utf-8`)
      .send(answered.body);
  };
  server.get("/practice/:id", answer);
  server.post("/practice/:id", { bodyLimit: OPEN_BODY_BYTES }, answer);
}

/** What a webhook sends: in its address, and by POST in a form behind that. */
function parametersOf({ url, body }: Request): URLSearchParams {
  const { searchParams } = new URL(url, "http://practice.invalid");
  if (typeof body !== "string") return searchParams;
  return new URLSearchParams([...searchParams, ...new URLSearchParams(body)]);
}

/** What people see and say of practice receivers. */
export function servePractice(server: FastifyInstance, practice: PracticePorts): void {
  const found = <Receiver>(receiver: Receiver | undefined) =>
    receiver === undefined ? err(NO_SUCH_RECEIVER) : ok(receiver);
  serve(server, practiceRoutes.list, async () => ok({ items: practice.list(), next: null }));
  serve(server, practiceRoutes.create, async () => ok(practice.create()));
  serve(server, practiceRoutes.get, async ({ params: { id } }) => found(practice.get(id)));
  serve(server, practiceRoutes.reply, async ({ params: { id }, body }) => found(practice.setReply(id, body)));
  serve(server, practiceRoutes.clear, async ({ params: { id } }) => found(practice.clear(id)));
}
