// Over 5 s: real sound is converted, and texts are spoken.

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { needs } from "../../../test/interop/needs.ts";
import { until } from "../../../test/support/process.ts";
import { soundFile } from "../../../test/support/sound.ts";
import { systemClock } from "../../runtime/clock.ts";
import { importAudio } from "./import.ts";
import { commandWords, createSpeech, speakWithPackage } from "./speech.ts";

const folder = mkdtempSync(join(tmpdir(), "switchhook-speech-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A speech program made of some lines of JavaScript. */
function program(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!${process.execPath}\n${body}`);
  chmodSync(path, 0o755);
  return path;
}

async function heardIn(
  speak: ReturnType<typeof createSpeech>,
  text: string,
  language: string,
): Promise<number> {
  const spoken = await speak(text, language);
  assert.ok(spoken.ok, spoken.ok ? "" : spoken.error);
  const converted = await importAudio(spoken.value, "speech", systemClock);
  assert.ok(converted.ok, converted.ok ? "" : converted.error);
  return converted.value.durationMs;
}

test("espeak-ng speaks Dutch and English, a longer text for longer", {
  skip: needs("espeak-ng"),
}, async () => {
  const speak = createSpeech(undefined, systemClock);
  for (const [language, short, long] of [
    ["nl", "Tot ziens.", "Toets uw code in, gevolgd door een hekje. Dank u wel."],
    ["en-GB", "Goodbye.", "Please enter your code, followed by the hash key. Thank you."],
  ] as const) {
    const [one, other] = [await heardIn(speak, short, language), await heardIn(speak, long, language)];
    assert.ok(one > 400 && other > one * 2, `${language}: ${one} and ${other} ms`);
  }
  // What looks like an option or like markup is text.
  assert.ok((await heardIn(speak, "--help <break time='99s'/> $(id)", "en")) > 400);
});

test("the voice of the npm package speaks the same, in a process of its own", async () => {
  const speak: ReturnType<typeof createSpeech> = (text, voice) => speakWithPackage(text, voice, systemClock);
  for (const language of ["nl", "en"]) {
    const [one, other] = [
      await heardIn(speak, "één", language),
      await heardIn(speak, "a b c d e f g", language),
    ];
    assert.ok(one > 200 && other > one, `${language}: ${one} and ${other} ms`);
  }
  const unknown = await speak("x", "qq");
  assert.deepEqual(unknown, {
    ok: false,
    error: 'The text could not be spoken: the speech package ended with code 1: there is no voice for "qq".',
  });
});

test("a command of one's own gets the text on standard input and the language as an argument", async () => {
  const sound = join(folder, "sound.mp3");
  writeFileSync(sound, soundFile("tone.mp3"));
  const said = join(folder, "said");
  const path = program(
    "say it",
    `const { readFileSync, writeFileSync } = require("fs");
    writeFileSync(${JSON.stringify(said)}, JSON.stringify([process.argv.slice(2), readFileSync(0, "utf8")]));
    process.stdout.write(readFileSync(${JSON.stringify(sound)}));`,
  );
  const speak = createSpeech(`"${path}" --voice {language}-1 -q`, systemClock);
  const spoken = await speak("Toets uw “code” in; $(id)", "nl");
  assert.ok(spoken.ok && Buffer.from(spoken.value).equals(soundFile("tone.mp3")));
  const [args, text] = JSON.parse(readFileSync(said, "utf8")) as [string[], string];
  assert.deepEqual([args, text], [["--voice", "nl-1", "-q"], "Toets uw “code” in; $(id)"]);
});

test("the words of a command", () => {
  assert.deepEqual(commandWords("say", "nl"), ["say", "nl"]);
  assert.deepEqual(commandWords('  "/opt/my say"  -v "{language} x" ', "nl"), ["/opt/my say", "-v", "nl x"]);
});

test("a command that fails, is not there, or writes nothing or too much says so", async () => {
  const endless = program("endless", "for (;;) require('fs').writeSync(1, Buffer.alloc(1 << 20));");
  const cases = [
    ["/none/such", /the speech command \/none\/such is not there\.$/],
    [
      program("fails", "console.error('no licence\\u001b[0m'); process.exit(4);"),
      /ended with code 4: no licence\[0m\.$/,
    ],
    [program("silent", ""), /wrote nothing\.$/],
    [endless, /wrote more than it may\.$/],
  ] as const;
  for (const [command, says] of cases) {
    const spoken = await createSpeech(command, systemClock)("x", "en");
    assert.ok(!spoken.ok);
    assert.match(spoken.error, /^The text could not be spoken: the speech command /);
    assert.match(spoken.error, says);
  }
});

test("a command that never ends is ended after 30 s", async () => {
  const clock = new VirtualClock();
  const spoken = createSpeech(program("sleeps", "setInterval(() => {}, 1e9);"), clock)("x", "en");
  clock.advance(30_000);
  const result = await spoken;
  assert.ok(!result.ok);
  assert.match(result.error, /did not finish within 30 s\.$/);
});

test("a command whose child holds its output open is ended after 30 s all the same", async (t) => {
  const clock = new VirtualClock();
  const note = join(folder, "child");
  const path = program(
    "leaves-a-child",
    `const { spawn } = require("child_process"), { writeFileSync, renameSync } = require("fs");
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e9)"], { stdio: ["ignore", "inherit", "inherit"] });
    writeFileSync(${JSON.stringify(`${note}.new`)}, String(child.pid));
    renameSync(${JSON.stringify(`${note}.new`)}, ${JSON.stringify(note)});`,
  );
  const spoken = createSpeech(path, clock)("x", "en");
  await until("the child", () => existsSync(note));
  t.after(() => process.kill(Number(readFileSync(note, "utf8")), "SIGKILL"));
  clock.advance(30_000);
  const result = await spoken;
  assert.ok(!result.ok);
  assert.match(result.error, /did not finish within 30 s\.$/);
});
