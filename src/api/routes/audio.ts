import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { FastifyPluginCallbackZod } from "fastify-type-provider-zod";
import { contentParameters, messageBody, messageQuery, speechQuery, uploadQuery } from "../contract/audio.ts";
import { parseJson } from "../parse-json.ts";
import type { ApiPorts, ChangeOutcome } from "../ports.ts";
import { sendProblem } from "../problem.ts";

/** A sound is at most 20 MiB; what is sent without a length is counted on the way in. */
const MAX_SOUND_BYTES = 20 * 1024 * 1024;

/** Audio messages: list, hear, add, remove; and sound that an apply refers to. */
export function audioRoutes(ports: ApiPorts): FastifyPluginCallbackZod {
  const { audio } = ports;
  return (server, _options, done) => {
    server.get("/audio", async () => ({ messages: await audio.list() }));

    server.get("/audio/message", { schema: { querystring: messageQuery } }, async (request, reply) => {
      const path = await audio.wav(request.query.name);
      if (path === undefined) return noSuchMessage(reply, request.query.name);
      return reply.header("content-type", "audio/wav").send(createReadStream(path));
    });

    server.put("/audio/message", { schema: { querystring: messageQuery } }, async (request, reply) => {
      const body = messageBody.safeParse(parseJson(request.body));
      if (!body.success) {
        const detail = body.error.issues.map((one) => `${one.path.join(".")}: ${one.message}`).join("; ");
        return sendProblem(reply, { title: "Wrong body", status: 400, detail });
      }
      const { content, ...source } = body.data;
      return answerChange(reply, await audio.set({ name: request.query.name, ...source }, content));
    });

    server.delete("/audio/message", { schema: { querystring: messageQuery } }, async (request, reply) =>
      answerChange(reply, await audio.remove(request.query.name)),
    );

    const byContent = { schema: { params: contentParameters } };
    server.get("/audio/content/:content", byContent, async (request, reply) => {
      const found = audio.find(request.params.content);
      if (found !== undefined) return found;
      const detail = "There is no sound with this content; send it with POST /api/v1/audio/content.";
      return sendProblem(reply, { title: "No such sound", status: 404, detail });
    });

    server.post("/audio/speech", { schema: { querystring: speechQuery } }, async (request, reply) => {
      const text = typeof request.body === "string" ? request.body : "";
      if (text.trim() === "" || text.length > 2000) {
        const detail = "The body is the text to speak, 1 to 2,000 characters.";
        return sendProblem(reply, { title: "Nothing to speak", status: 400, detail });
      }
      const spoken = await audio.speak(text, request.query.language);
      if (spoken.ok) return spoken.value;
      return sendProblem(reply, { title: "Not spoken", status: 422, detail: spoken.error });
    });
    server.register(uploadRoute(ports));
    done();
  };
}

/** In a plugin of its own: here, and only here, a body is a stream of octets. */
function uploadRoute({ audio }: ApiPorts): FastifyPluginCallbackZod {
  return (server, _options, done) => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser("*", (_request, payload, parsed) => parsed(null, payload));
    const options = { schema: { querystring: uploadQuery }, bodyLimit: MAX_SOUND_BYTES };
    server.post("/audio/content", options, async (request, reply) => {
      // Given up early, it stays open for the answer.
      const body =
        request.body instanceof Readable ? request.body.iterator({ destroyOnReturn: false }) : noOctets();
      const outcome = await audio.upload(body, request.query.file).catch((error: unknown) => {
        // Who stops sending hears nothing of it; anything else is our fault.
        if (request.raw.complete) throw error;
        return { type: "refused", sentence: "The sound did not arrive whole." } as const;
      });
      if (outcome.type === "taken") return outcome.content;
      // What is still on its way would have to be read to the end otherwise.
      reply.header("connection", "close");
      if (outcome.type === "busy") {
        const detail = "Other sounds are being converted; send this one again in a moment.";
        return sendProblem(reply.header("retry-after", "2"), { title: "Busy", status: 503, detail });
      }
      const status = outcome.type === "tooLarge" ? 413 : 422;
      return sendProblem(reply, { title: "The sound cannot be used", status, detail: outcome.sentence });
    });
    done();
  };
}

async function* noOctets(): AsyncIterable<Uint8Array> {}

function noSuchMessage(reply: FastifyReply, name: string): FastifyReply {
  const detail = `There is no audio message "${name}", or it has not been converted yet.`;
  return sendProblem(reply, { title: "No such message", status: 404, detail });
}

function answerChange(reply: FastifyReply, outcome: ChangeOutcome): unknown {
  if (outcome.type === "applied") return outcome.answer;
  if (outcome.type === "refused")
    return sendProblem(reply, { title: "Not changed", status: 409, detail: outcome.sentence });
  return sendProblem(reply, { title: "Not applied", status: 503, detail: outcome.sentence });
}
