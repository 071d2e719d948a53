// What the rooms of the network and of the sound say has one code in the whole house and stands on one page, made from the code.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { boardWords } from "../../src/board/words.ts";
import { sentenceTable } from "../../src/dialplan/reference.ts";
import { sentences } from "../../src/dialplan/sentences.ts";
import type { Words } from "../../src/lib/said.ts";
import { sdpWords } from "../../src/media/sdp/words.ts";
import { mediaWords } from "../../src/media/words.ts";
import { endWords } from "../../src/model/end-words.ts";
import { storyWords } from "../../src/model/story-words.ts";
import { sipWords } from "../../src/sip/words.ts";

const file = new URL("../../docs/reference/network.md", import.meta.url);

/** `docs/reference/network.md`. */
function page(): string {
  const table = (words: Words): string => sentenceTable(Object.entries(words));
  return `# What connections, registrations and sound say

Why somebody could not be reached, a phone was refused, a trunk is not up, or nothing is heard: in the state of phones and
trunks, in lists of who is slowed, and as part of the sentences of a call (story.md, endings.md, sentences.md). Each comes as
code and arguments, and in English. Arguments are shown in braces; where a sentence has several forms, one of them stands here.
Reason phrases of SIP are the peer's own words and have no code.

## Connections, calls and logins

Made from \`src/sip/words.ts\`.

${table(sipWords)}
## Phones and trunks

Made from \`src/board/words.ts\`.

${table(boardWords)}
## Descriptions of sound

Made from \`src/media/sdp/words.ts\`.

${table(sdpWords)}
## Sound

Made from \`src/media/words.ts\`.

${table(mediaWords)}`;
}

test("docs/reference/network.md lists exactly the codes there are", () => {
  const kept = readFileSync(file, "utf8");
  const now = page();
  // The new text is put in place, so that committing it is all that is left to do; this run fails all the same.
  if (kept !== now) writeFileSync(file, now);
  assert.equal(kept, now, "the reference was out of date and has been written anew: commit it");
});

test("no code stands for two sentences", () => {
  const codes = [...sentences.keys()].concat(
    ...[storyWords, endWords, sipWords, boardWords, sdpWords, mediaWords].map((words) => Object.keys(words)),
  );
  assert.ok(codes.length > 250);
  assert.equal(new Set(codes).size, codes.length);
});
