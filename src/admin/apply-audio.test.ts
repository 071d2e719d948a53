// Over 5 s: real sound is converted, and texts are spoken.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMPANY_TEXT, COMPANY_WITH_AUDIO_TEXT } from "../../test/fakes/company-text.ts";
import { deskOf } from "../../test/support/entities.ts";
import { person } from "../../test/support/person.ts";
import { soundFile, tone, wav } from "../../test/support/sound.ts";
import { formatProblem } from "../company/file.ts";
import { writeCompany } from "../company/write.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import { companyOf } from "../model/entities/difference.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Store } from "../store/store.ts";
import { openStore } from "../store/store.ts";
import { type Applied, applyCompany } from "./apply.ts";
import { diskSource } from "./apply-audio.ts";
import { AudioLibrary } from "./audio-library.ts";
import { removeMessage, setMessage } from "./change-audio.ts";
import type { Desk } from "./desk.ts";

const WAV = wav({ channels: [tone(1000, 8000, 0.3)] });

interface Bench {
  readonly folder: string;
  readonly desk: Desk;
  readonly store: Store;
  readonly library: AudioLibrary;
  /** What was said to the person who waits. */
  readonly told: string[];
  /** Texts that were spoken. */
  readonly spoken: string[];
  /** Applies a text that lies in `folder`: what changed, or the problems. */
  apply(text: string): Promise<readonly string[]>;
}

/** What is stored of the sound of each message that has one. */
async function soundsOf(store: Store): Promise<ReadonlyMap<string, StoredAudio>> {
  const messages = (await store.company.load()).entities.all("audioMessage");
  return new Map(
    messages.flatMap(({ document: { name, sound } }) =>
      sound === undefined ? [] : [[name, sound] as const],
    ),
  );
}

async function onBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-apply-"));
  const store = await openStore(join(folder, "data"));
  assert.ok(store.ok);
  mkdirSync(join(folder, "audio"));
  writeFileSync(join(folder, "audio/enter-code.wav"), WAV);
  const told: string[] = [];
  const spoken: string[] = [];
  const speak = async (text: string, language: string): Promise<Result<Uint8Array, string>> => {
    spoken.push(`${language}: ${text}`);
    if (text.includes("unspeakable")) return err("The text could not be spoken: no voice.");
    return ok(new Uint8Array(soundFile("tone.flac")));
  };
  const library = new AudioLibrary(join(folder, "data/audio"), speak, systemClock);
  const desk = await deskOf(store.value.company);
  const apply = async (text: string): Promise<readonly string[]> => {
    const applied: Result<Applied, readonly Parameters<typeof formatProblem>[0][]> = await applyCompany(
      text,
      "c.yaml",
      {
        desk,
        library,
        audio: diskSource(folder, library),
        by: person("tester"),
        overwrite: true,
        progress: (sentence) => void told.push(sentence),
      },
    );
    return applied.ok ? applied.value.changes : applied.error.map(formatProblem);
  };
  try {
    await work({ folder, desk, store: store.value, library, told, spoken, apply });
  } finally {
    await store.value.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

test("files and texts are converted once; an apply that changes nothing converts nothing", () =>
  onBench(async ({ apply, store, library, told, spoken }) => {
    await apply(COMPANY_WITH_AUDIO_TEXT);
    assert.deepEqual(told, [
      "Audio message enter-code (1 of 2): converting audio/enter-code.wav",
      "Audio message wrong-code (2 of 2): speaking its text (en)",
    ]);
    const sounds = await soundsOf(store);
    assert.equal(sounds.size, 2);
    for (const { content, durationMs } of sounds.values())
      assert.deepEqual(library.find(content), { content, durationMs });
    assert.deepEqual(await apply(COMPANY_WITH_AUDIO_TEXT), []);
    assert.deepEqual([told.length, spoken.length], [2, 1]);
    assert.equal((await store.company.load()).entities.version, 1);
  }));

test("a file that sounds different now is a change, although the company file is the same", () =>
  onBench(async ({ apply, folder }) => {
    await apply(COMPANY_WITH_AUDIO_TEXT);
    writeFileSync(join(folder, "audio/enter-code.wav"), wav({ channels: [tone(400, 8000, 0.3)] }));
    assert.deepEqual(await apply(COMPANY_WITH_AUDIO_TEXT), ["audio message enter-code has new sound"]);
    const other = COMPANY_WITH_AUDIO_TEXT.replace("is not correct", "is wrong");
    assert.deepEqual(await apply(other), ["audio message wrong-code changed"]);
  }));

test("every message that cannot be used is a problem at its line, and nothing is applied", () =>
  onBench(async ({ apply, folder, store, library }) => {
    await apply(COMPANY_TEXT);
    const messages = [
      ["good", "file: audio/enter-code.wav"],
      ["missing", "file: audio/missing.wav"],
      ["empty", "file: audio/empty.wav"],
      ["disguised", "file: audio/page.mp3"],
      ["folder", "file: audio"],
      ["large", "file: audio/large.wav"],
      ["pipe", "file: audio/pipe"],
      ["unspeakable", "text: unspeakable, language: nl"],
    ];
    writeFileSync(join(folder, "audio/empty.wav"), "");
    writeFileSync(join(folder, "audio/page.mp3"), "<html>404</html>");
    writeFileSync(join(folder, "audio/large.wav"), Buffer.alloc(20 * 1024 * 1024 + 1));
    execFileSync("mkfifo", [join(folder, "audio/pipe")]);
    const lines = messages.map(([name, source]) => `  - { name: ${name}, ${source} }`).join("\n");
    const text = COMPANY_TEXT.replace("\nwebhooks:", `\naudioMessages:\n${lines}\n\nwebhooks:`);
    const before = (await store.company.load()).entities;
    assert.deepEqual(
      (await apply(text)).map((problem) => problem.replace(folder, "…")),
      [
        "c.yaml:34:28: audioMessages[1].file: There is no file …/audio/missing.wav.",
        "c.yaml:35:26: audioMessages[2].file: audio/empty.wav is empty.",
        "c.yaml:36:30: audioMessages[3].file: audio/page.mp3 is not sound that can be read here. It looks like a web page or XML. Give a WAV, MP3, OGG (Vorbis or Opus), FLAC or M4A file.",
        "c.yaml:37:27: audioMessages[4].file: audio is a folder, not a sound file.",
        "c.yaml:38:26: audioMessages[5].file: audio/large.wav is larger than 20 MiB, the most that is taken. Save it as MP3 or FLAC, or as WAV of one channel and 16,000 samples a second: a minute is then 2 MiB at the most.",
        "c.yaml:39:25: audioMessages[6].file: audio/pipe is not a file.",
        "c.yaml:40:32: audioMessages[7].text: The text could not be spoken: no voice.",
      ],
    );
    assert.deepEqual([...(await store.company.load()).entities], [...before]);
    // Only the good one was kept, and nothing refers to it.
    assert.equal(library.contents().size, 1);
  }));

test("a file with other errors is not even looked at for sound", () =>
  onBench(async ({ apply, told }) => {
    const problems = await apply(COMPANY_WITH_AUDIO_TEXT.replace("country: NL", "country: XX"));
    assert.equal(problems.length, 1);
    assert.deepEqual(told, []);
  }));

test("what was exported can be applied without its files, until it says something else", () =>
  onBench(async ({ apply, folder, store }) => {
    await apply(COMPANY_WITH_AUDIO_TEXT);
    const sounds = await soundsOf(store);
    const exported = writeCompany(companyOf((await store.company.load()).entities), "masked");
    rmSync(join(folder, "audio"), { recursive: true });
    assert.deepEqual(await apply(exported), []);
    assert.deepEqual(await apply(exported.replace("Reception", "Front desk")), ["phone 215 changed"]);
    const [renamed] = await apply(exported.replaceAll("enter-code", "welcome"));
    assert.match(renamed ?? "", /audioMessages\[0\]\.file: There is no file .*audio\/welcome\.wav\.$/);
    assert.deepEqual(await soundsOf(store), sounds);
  }));

test("a message with another name keeps its sound: its file need not be there, its text is not spoken again", () =>
  onBench(async ({ apply, folder, spoken, store }) => {
    await apply(COMPANY_WITH_AUDIO_TEXT);
    const [before, version] = [await soundsOf(store), (await store.company.load()).entities.version];
    rmSync(join(folder, "audio"), { recursive: true });
    const renamed = COMPANY_WITH_AUDIO_TEXT.replace("{ name: enter-code,", "{ name: hello, was: enter-code,")
      .replace("startMessage: enter-code", "startMessage: hello")
      .replace("{ name: wrong-code,", "{ name: sorry, was: wrong-code,")
      .replace("incorrectMessage: wrong-code", "incorrectMessage: sorry");
    // From another file it is another sound, whatever name it had.
    const [other] = await apply(renamed.replace("audio/enter-code.wav", "audio/other.wav"));
    assert.match(other ?? "", /audioMessages\[0\]\.file: There is no file .*audio\/other\.wav\.$/);
    assert.equal((await store.company.load()).entities.version, version);
    assert.deepEqual(
      (await apply(renamed)).filter((change) => change.startsWith("audio message")),
      ["audio message enter-code is now hello", "audio message wrong-code is now sorry"],
    );
    assert.deepEqual(
      await soundsOf(store),
      new Map([
        ["hello", before.get("enter-code")],
        ["sorry", before.get("wrong-code")],
      ]),
    );
    assert.equal(spoken.length, 1);
  }));

test("sound whose files are lost is made again", () =>
  onBench(async ({ apply, library, spoken, store }) => {
    await apply(COMPANY_WITH_AUDIO_TEXT);
    rmSync(library.folder, { recursive: true });
    assert.deepEqual(await apply(COMPANY_WITH_AUDIO_TEXT), []);
    assert.equal(spoken.length, 2);
    assert.equal(readdirSync(library.folder).length, 8);
    assert.equal((await store.company.load()).entities.version, 1);
  }));

test("names of the messages that come along, and texts without a language, are refused", () =>
  onBench(async ({ apply }) => {
    const text = COMPANY_WITH_AUDIO_TEXT.replace("{ name: wrong-code,", "{ name: nl/wrong-code,").replace(
      ", language: en",
      "",
    );
    const problems = await apply(text);
    assert.match(problems.join("\n"), /audioMessages\[1\]\.name: Names that begin with "nl\/" belong to/);
    assert.match(problems.join("\n"), /audioMessages\[1\]: Say in which language this text is to be spoken/);
  }));

test("one message is added, replaced and removed, but not while it is played", () =>
  onBench(async ({ apply, desk, store, library }) => {
    const audio = await library.add(WAV, "a.wav");
    assert.ok(audio.ok);
    const none = await setMessage(desk, { name: "x", file: "a.wav" }, audio.value, person("anna"));
    assert.deepEqual(none, {
      ok: false,
      error: "Nothing has been applied here yet: run switchhook apply FILE first.",
    });
    await apply(COMPANY_WITH_AUDIO_TEXT);
    const changesOf = (result: Result<Applied, string>): unknown =>
      result.ok ? result.value.changes : result.error;
    const set = (name: string, file: string) => setMessage(desk, { name, file }, audio.value, person("anna"));
    assert.deepEqual(changesOf(await set("x", "a.wav")), ["audio message x added"]);
    assert.deepEqual(changesOf(await set("x", "b.wav")), ["audio message x changed"]);
    assert.deepEqual(changesOf(await set("x", "b.wav")), []);
    assert.match(String(changesOf(await set("en/x", "b.wav"))), /^Names that begin with "en\/"/);
    assert.match(String(changesOf(await set(" x", "b.wav"))), /^A name has no spaces at its ends\.$/);
    assert.deepEqual((await soundsOf(store)).get("x"), audio.value);
    assert.deepEqual(changesOf(await removeMessage(desk, "x", person("anna"))), ["audio message x removed"]);
    assert.equal((await soundsOf(store)).has("x"), false);
    const playing = COMPANY_WITH_AUDIO_TEXT.replace(
      '{ type: phone, phone: "215", ringSeconds: 20 }',
      "{ type: audio, message: wrong-code }",
    ).replace(", incorrectMessage: wrong-code", "");
    assert.deepEqual(await apply(playing), ["webhook VIP code changed", "plan main changed"]);
    for (const [name, says] of [
      ["wrong-code", 'Audio message "wrong-code" is played by plan "main". Give it another one first.'],
      ["x", 'There is no audio message "x".'],
      ["en/goodbye", 'Audio message "en/goodbye" comes with Switchhook and stays.'],
      [
        "enter-code",
        'Audio message "enter-code" is played by webhook "VIP code". Give it another one first.',
      ],
    ] as const) {
      assert.equal(changesOf(await removeMessage(desk, name, person("anna"))), says);
    }
  }));
