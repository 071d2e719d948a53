import { createReadStream } from "node:fs";
import type { FastifyInstance } from "fastify";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { audioRoutes } from "../contract/audio.ts";
import type { ApplyAnswer } from "../contract/company.ts";
import { type Refused, refused } from "../contract/problems.ts";
import type { AudioPorts, ChangeOutcome } from "../ports.ts";
import { serve } from "../serve.ts";

const UPLOAD_CODES = { tooLarge: "soundTooLarge", refused: "soundUnusable", diskFull: "diskFull" } as const;
const NO_SUCH_SOUND = refused(
  "noSuchSound",
  "There is no sound with this content; send it with POST /api/v1/audio/content.",
);

/** Audio messages: list, hear, add, remove; and sound that an apply refers to. */
export function serveAudio(server: FastifyInstance, audio: AudioPorts): void {
  serve(server, audioRoutes.list, async () => ok({ messages: await audio.list() }));

  serve(server, audioRoutes.wav, async ({ query: { name } }) => {
    const path = await audio.wav(name);
    if (path !== undefined) return ok(createReadStream(path));
    const detail = `There is no audio message "${name}", or it has not been converted yet.`;
    return err(refused("noSuchMessage", detail));
  });

  serve(server, audioRoutes.set, async ({ body: { content, ...source }, query: { name }, actor }) =>
    answerOf(await audio.set({ name, ...source }, content, actor)),
  );

  serve(server, audioRoutes.remove, async ({ query, actor }) =>
    answerOf(await audio.remove(query.name, actor)),
  );

  serve(server, audioRoutes.find, async ({ params }) => {
    const found = audio.find(params.content);
    if (found !== undefined) return ok(found);
    return err(NO_SUCH_SOUND);
  });

  serve(server, audioRoutes.hear, async ({ params }) => {
    const path = audio.hear(params.content);
    return path === undefined ? err(NO_SUCH_SOUND) : ok(createReadStream(path));
  });

  serve(server, audioRoutes.speak, async ({ body, query, actor }) => {
    if (body.trim() === "" || body.length > 2000)
      return err(refused("nothingToSpeak", "The body is the text to speak, 1 to 2,000 characters."));
    const spoken = await audio.speak(body, query.language, actor);
    return spoken.ok ? ok(spoken.value) : err(refused("notSpoken", spoken.error));
  });

  serve(server, audioRoutes.upload, async ({ body, query, actor, http: { request, reply } }) => {
    const length = Number(request.headers["content-length"]);
    const file = { name: query.file, length: Number.isSafeInteger(length) ? length : undefined };
    const outcome = await audio.upload(body, file, actor).catch((error: unknown) => {
      // Who stops sending hears nothing of it; anything else is our fault.
      if (request.raw.complete) throw error;
      return { type: "refused", sentence: "The sound did not arrive whole." } as const;
    });
    if (outcome.type === "taken") return ok(outcome.content);
    // What is still on its way would have to be read to the end otherwise.
    reply.header("connection", "close");
    if (outcome.type === "busy") {
      const detail = "Other sounds are being converted; send this one again in a moment.";
      return err({ ...refused("busy", detail), retryAfterSeconds: 2 });
    }
    return err(refused(UPLOAD_CODES[outcome.type], outcome.sentence));
  });
}

function answerOf(
  outcome: ChangeOutcome,
): Result<ApplyAnswer, Refused<"notChanged" | "notSaved" | "diskFull">> {
  if (outcome.type === "applied") return ok(outcome.answer);
  if (outcome.type === "refused") return err(refused("notChanged", outcome.sentence));
  return err(refused(outcome.isDiskFull === true ? "diskFull" : "notSaved", outcome.sentence));
}
