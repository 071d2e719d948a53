import assert from "node:assert/strict";
import { test } from "node:test";
import dutch from "./dutch.ts";

const SOUND = { codec: "PCMA", received: 250, lost: 1, sent: 240, foreign: 0 } as const;

test("what a party heard, and how long a webhook took, have their decimals behind a comma", () => {
  assert.equal(
    dutch.eventInDutch({ type: "media", atMs: 0, leg: "A", ...SOUND, jitterMs: 1.3 }),
    "Geluid: PCMA, 250 pakketten in (1 verloren, jitter 1,3 ms), 240 uit (been A).",
  );
  // Records of earlier releases.
  assert.equal(
    dutch.inDutch("note.soundWas", { ...SOUND, jitterMs: "1.2" }),
    "geluid: PCMA, 250 pakketten in (1 verloren, jitter 1,2 ms), 240 uit",
  );
  assert.equal(
    dutch.inDutch("connectTimeout", { host: "a.example", ms: 1500 }),
    "a.example nam de verbinding niet aan binnen 1,5 seconden.",
  );
});
