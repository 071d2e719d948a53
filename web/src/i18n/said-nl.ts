import type { TraceArgs } from "../../../src/dialplan/trace.ts";
import { DIALPLAN } from "./dialplan-nl.ts";
import { NETWORK } from "./network-nl.ts";
import { REPLY } from "./reply-nl.ts";
import type { Args, Sentence } from "./sentence-parts.ts";
import { SOUND } from "./sound-nl.ts";
import { STORY } from "./story-nl.ts";

// Every sentence of a record in Dutch. Which codes there are say the rooms whose sentences they are: test/architecture/dutch.test.ts compares.

/** A failure of a reply and a decision of a plan are told apart by the dot. */
const SENTENCES: ReadonlyMap<string, Sentence> = new Map(
  [DIALPLAN, STORY, REPLY, NETWORK, SOUND].flatMap((sentences) => Object.entries(sentences)),
);

/** Sentences are in sentences, those in two at the most. */
const MAX_NESTED = 4;

/** The sentence of a code; undefined for one that has no Dutch. */
export function inDutch(code: string, args: TraceArgs, depth = 0): string | undefined {
  if (code === "webhook.notes")
    return Object.values(args)
      .map((one) => inner(one, depth))
      .join(" ");
  const words: Args = Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, inner(value, depth)]),
  );
  return SENTENCES.get(code)?.(words);
}

/** An argument; a sentence as such becomes its words, in English where it has no others. */
function inner(value: TraceArgs[string], depth: number): string | number | boolean | undefined {
  if (typeof value !== "object") return value;
  const { code, args, text } = value;
  return (depth < MAX_NESTED ? inDutch(code, args, depth + 1) : undefined) ?? text;
}

/** The codes that have Dutch. */
export const DUTCH_CODES: readonly string[] = [...SENTENCES.keys()];

/** What says a code, for comparing. */
export function saysInDutch(code: string): Sentence {
  return SENTENCES.get(code) ?? (() => "");
}
