import { visible } from "../../lib/failure.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { type Field, FieldCollector, type Fields, reaches, replyKey } from "./fields.ts";
import { jsonMembers } from "./json-members.ts";
import { jsonTrouble } from "./json-trouble.ts";
import type { ReplyFailure } from "./reasons.ts";
import type { Steering } from "./repeats.ts";
import { trimAscii } from "./text.ts";

/** Reads a JSON object with the keys of a reply. */
export function readJson(text: string, steering: Steering | undefined): Result<Fields, ReplyFailure> {
  try {
    JSON.parse(text);
  } catch (error) {
    const detail =
      jsonTrouble(text) ?? (error instanceof SyntaxError ? visible(error.message) : "unreadable");
    return err({ code: "badJson", detail });
  }
  const repeat = steering?.find(text, "json");
  const found = new FieldCollector();
  for (const { name, json, start, end } of jsonMembers(text)) {
    const key = replyKey(encodeURIComponent(name.slice(0, MAX_KEY).toWellFormed()));
    if (key === undefined) {
      // A member of the caller's own is not looked at: it must not make a reply fail.
      if (name.length <= MAX_STRANGE && !reaches(end, repeat)) found.strange(name, strangeValue(json));
      continue;
    }
    // A name may be the caller's own; a key may not, nor any other value.
    const own = reaches(key === "callername" ? start + 1 : end, repeat);
    const owner = own
      ? repeat.placeholder
      : steering?.owner(text.slice(start, Math.min(end, start + MAX_PAIR)));
    if (owner !== undefined) {
      found.steered(owner);
      break;
    }
    if (found.isDuplicate(key)) continue;
    const field = jsonField(json);
    if (field === "notText") found.note({ code: "notText", key });
    found.add(key, field === "notText" ? undefined : field);
  }
  return ok(found.fields());
}

const MAX_KEY = 20;
const MAX_PAIR = 512;
/** No key that was meant to be ours is longer. */
const MAX_STRANGE = 40;

/** The value of a key that is none of ours; empty for what nobody would miss. */
function strangeValue(json: string): string {
  const field = jsonField(json.slice(0, MAX_PAIR) === json ? json : "null");
  return field === undefined || field === "notText" ? "" : field.value;
}

/** A number is taken as it is written, so that `3.15021E+10` is seen for what it is. */
function jsonField(json: string): Field | "notText" | undefined {
  const value: unknown = JSON.parse(json);
  if (value === null) return undefined;
  if (typeof value === "number") return { value: trimAscii(json), rawPlus: false };
  return typeof value === "string" ? { value: trimAscii(value), rawPlus: false } : "notText";
}
