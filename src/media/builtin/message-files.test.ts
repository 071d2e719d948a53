import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { MessageFiles } from "./message-files.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, octets: number, fill = 1): string {
  const at = path.join(folder, name);
  writeFileSync(at, Buffer.alloc(octets, fill));
  return at;
}

async function reason(files: MessageFiles, at: string): Promise<string> {
  const loaded = await files.load("Hello", at, "PCMA");
  return loaded.ok ? "" : loaded.error.text;
}

test("the file of the codec, else the next best", async () => {
  const files = new MessageFiles();
  file("a.alaw", 100);
  file("a.ulaw", 101);
  file("b.ulaw", 102);
  file("c.g722", 103);
  const codecOf = async (name: string, codec: "PCMA" | "PCMU" | "G722"): Promise<string> => {
    const loaded = await files.load(name, path.join(folder, name), codec);
    return loaded.ok ? `${loaded.value.codec} ${loaded.value.octets.length}` : loaded.error.text;
  };
  assert.deepEqual(
    [await codecOf("a", "PCMA"), await codecOf("a", "PCMU"), await codecOf("a", "G722")],
    ["PCMA 100", "PCMU 101", "PCMA 100"],
  );
  assert.deepEqual([await codecOf("b", "PCMA"), await codecOf("c", "PCMU")], ["PCMU 102", "G722 103"]);
});

test("what is wrong is told in a sentence that names the message and the file", async () => {
  const files = new MessageFiles({ maxFileOctets: 1000, maxCacheOctets: 5000 });
  const none = path.join(folder, "none");
  assert.equal(
    await reason(files, none),
    `The message "Hello" cannot be played: the file ${none}.alaw is missing.`,
  );
  const empty = file("empty.alaw", 0);
  assert.match(await reason(files, path.join(folder, "empty")), new RegExp(`${empty} is empty\\.$`));
  file("large.alaw", 1001);
  assert.match(await reason(files, path.join(folder, "large")), /has 1001 octets, where 1000 are the most/);
  mkdirSync(path.join(folder, "folder.alaw"));
  assert.match(await reason(files, path.join(folder, "folder")), /cannot be (read|played)/);
});

test("a file is kept, and read again when it was replaced, even by one as long", async () => {
  const files = new MessageFiles();
  const at = path.join(folder, "kept");
  file("kept.alaw", 100, 1);
  const first = await files.load("k", at, "PCMA");
  const second = await files.load("k", at, "PCMA");
  assert.ok(first.ok && second.ok && first.value === second.value);
  utimesSync(file("kept.alaw", 100, 2), 1, 1);
  const third = await files.load("k", at, "PCMA");
  assert.ok(third.ok && third.value.octets[0] === 2);
  assert.equal(files.octets, 100);
  rmSync(path.join(folder, "kept.alaw"));
  assert.match(await reason(files, at), /is missing/);
});

test("the cache has a limit, and the least used leave first", async () => {
  const files = new MessageFiles({ maxFileOctets: 1000, maxCacheOctets: 2000 });
  for (const name of ["x", "y", "z"]) file(`${name}.alaw`, 900);
  const load = (name: string): ReturnType<MessageFiles["load"]> =>
    files.load(name, path.join(folder, name), "PCMA");
  const x = await load("x");
  await load("y");
  await load("x");
  await load("z");
  assert.equal(files.octets, 1800);
  const again = await load("x");
  assert.ok(x.ok && again.ok && x.value === again.value, "x was used last before z");
});
