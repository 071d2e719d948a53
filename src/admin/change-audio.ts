import type { AudioEntry } from "../api/contract/audio.ts";
import { problemsOf } from "../company/sentence.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import { DEFAULT_PROMPTS } from "../model/default-prompts.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import type { Edit } from "../model/entities/change.ts";
import { quotedName } from "../model/entities/check.ts";
import { type Entities, keyOf } from "../model/entities/entities.ts";
import { KINDS, kinds } from "../model/entities/kinds.ts";
import { type Applied, appliedOf } from "./apply.ts";
import type { Message } from "./apply-audio.ts";
import type { Desk } from "./desk.ts";

/** Every message of an installation, those that come with the product first; `durationOf` gives the length of these. */
export function listMessages(
  stored: Entities,
  durationOf: (defaultPrompt: string) => number | undefined,
): AudioEntry[] {
  const usedBy = (name: string): string[] => usersOf(stored, name);
  return [
    ...DEFAULT_PROMPTS.map(({ name, text, language }) => {
      return { name, text, language, durationMs: durationOf(name), builtIn: true, usedBy: usedBy(name) };
    }),
    ...stored.all("audioMessage").map(({ document: { sound, ...message } }) => {
      return { ...message, ...sound, builtIn: false, usedBy: usedBy(message.name) };
    }),
  ];
}

/** `webhook "VIP code"`, `plan "main"`: everything that plays the message. */
function usersOf(stored: Entities, name: string): string[] {
  const users = stored.usersOf("audioMessage", name);
  return kinds.flatMap((kind) =>
    users.filter((user) => user.kind === kind.kind).map((user) => quotedName(kind, keyOf(user))),
  );
}

/** Adds a message to the stored company, or replaces the one of its name. An error is a sentence. */
export function setMessage(
  desk: Desk,
  message: Message,
  sound: StoredAudio,
  by: Doer,
): Promise<Result<Applied, string>> {
  return change(desk, by, (before) => {
    const shape = KINDS.audioMessage.schema.safeParse(message);
    if (!shape.success)
      return err(
        problemsOf(shape.error.issues, message)
          .map((one) => one.message)
          .join(" "),
      );
    const id = before.get("audioMessage", message.name)?.id;
    return ok([{ type: "put", kind: "audioMessage", id, document: { ...shape.data, sound } }]);
  });
}

/** Takes a message out of the stored company, if nothing plays it. An error is a sentence. */
export function removeMessage(desk: Desk, name: string, by: Doer): Promise<Result<Applied, string>> {
  return change(desk, by, (before) => {
    if (DEFAULT_PROMPTS.some((prompt) => prompt.name === name))
      return err(`Audio message "${name}" comes with Switchhook and stays.`);
    const message = before.get("audioMessage", name);
    if (message === undefined) return err(`There is no audio message "${name}".`);
    const users = usersOf(before, name);
    if (users.length > 0)
      return err(`Audio message "${name}" is played by ${users.join(" and ")}. Give it another one first.`);
    return ok([{ type: "drop", kind: "audioMessage", id: message.id }]);
  });
}

async function change(
  desk: Desk,
  by: Doer,
  edits: (before: Entities) => Result<readonly Edit[], string>,
): Promise<Result<Applied, string>> {
  const made = await desk.change(by, (before) =>
    before.version === 0
      ? err("Nothing has been applied here yet: run switchhook apply FILE first.")
      : edits(before),
  );
  if (made.ok) return ok({ ...appliedOf(made.value), warnings: [] });
  if (typeof made.error === "string") return err(made.error);
  const { error } = made;
  return err(
    error.code === "invalid" ? error.problems.map(({ message }) => message).join(" ") : error.sentence,
  );
}
