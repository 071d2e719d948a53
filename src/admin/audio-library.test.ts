import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { tone, wav } from "../../test/support/sound.ts";
import { ok } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import { AudioLibrary } from "./audio-library.ts";

const WAV = wav({ channels: [tone(1000, 8000, 0.3)] });
const OTHER = wav({ channels: [tone(500, 8000, 0.3)] });
const HOUR = 3600;

async function inLibrary(work: (library: AudioLibrary, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-audio-"));
  try {
    const speak = async () => ok(new Uint8Array(OTHER));
    await work(new AudioLibrary(join(folder, "audio"), speak, systemClock), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function add(library: AudioLibrary, bytes: Uint8Array): Promise<string> {
  const added = await library.add(bytes, "a.wav");
  assert.ok(added.ok, added.ok ? "" : added.error);
  return added.value.content;
}

function age(library: AudioLibrary, seconds: number): void {
  const at = Date.now() / 1000 - seconds;
  for (const name of readdirSync(library.folder)) utimesSync(join(library.folder, name), at, at);
}

test("what was converted once is not converted again, whatever it is called", () =>
  inLibrary(async (library) => {
    let conversions = 0;
    const count = (): void => void (conversions += 1);
    const first = await library.add(WAV, "a.wav", count);
    const again = await library.add(WAV, "b.wav", count);
    assert.ok(first.ok && again.ok);
    assert.deepEqual(again.value, first.value);
    assert.equal(conversions, 1);
    assert.deepEqual(library.find(first.value.content), first.value);
    assert.equal(readdirSync(library.folder).length, 4);
    assert.equal(statSync(library.path(first.value.content, "wav")).mode & 0o077, 0);
  }));

test("a message of which a file is gone is converted again", () =>
  inLibrary(async (library) => {
    const content = await add(library, WAV);
    rmSync(library.path(content, "g722"));
    assert.equal(library.find(content), undefined);
    assert.equal(await add(library, WAV), content);
    assert.notEqual(library.find(content), undefined);
  }));

test("no name leads out of the folder", () =>
  inLibrary(async (library, folder) => {
    mkdirSync(library.folder);
    for (const ending of ["alaw", "ulaw", "g722", "wav"]) writeFileSync(join(folder, `x.${ending}`), "x");
    for (const content of ["../x", "", "x", "A".repeat(64), `${"a".repeat(63)}/`, "__proto__"])
      assert.equal(library.find(content), undefined, content);
  }));

test("what cannot be used leaves nothing behind, and what cannot be written is said", () =>
  inLibrary(async (library, folder) => {
    assert.ok(!(await library.add(Buffer.from("no sound at all"), "a.wav")).ok);
    assert.ok(!existsSync(library.folder));
    writeFileSync(join(folder, "audio"), "in the way");
    const added = await library.add(WAV, "a.wav");
    assert.ok(!added.ok);
    assert.match(added.error, /^a\.wav cannot be kept in .*audio: /);
  }));

test("a sweep takes what nothing refers to, once it is an hour old", () =>
  inLibrary(async (library) => {
    const used = await add(library, WAV);
    await add(library, OTHER);
    writeFileSync(library.uploadPath(), "half of an upload");
    writeFileSync(join(library.folder, "notes.txt"), "somebody else's");
    const kept = (content: string): boolean => content === used;
    assert.equal(library.sweep(kept), 0);
    age(library, HOUR + 1);
    // Sent once more, so somebody is about to refer to it.
    assert.equal(await add(library, WAV), used);
    assert.equal(library.sweep(kept), 5);
    assert.deepEqual([...library.contents()], [used]);
    assert.ok(existsSync(join(library.folder, "notes.txt")));
    assert.equal(
      library.sweep(() => false),
      0,
    );
    age(library, HOUR + 1);
    assert.equal(
      library.sweep(() => false),
      4,
    );
  }));

test("a text is spoken and kept like a file", () =>
  inLibrary(async (library) => {
    const spoken = await library.addSpeech("Hello.", "en");
    assert.ok(spoken.ok);
    assert.deepEqual(await add(library, OTHER), spoken.value.content);
  }));
