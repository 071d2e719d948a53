// Over 5 s: each case is a process of its own.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMPANY_WITH_AUDIO_TEXT } from "../../test/fakes/company-text.ts";
import { amplitudeAt, heard, tone, wav } from "../../test/support/sound.ts";
import { claimInstance, releaseInstance } from "../instance/instance-file.ts";
import { Control } from "../link/host.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { systemClock } from "../runtime/clock.ts";
import { createOutput } from "./output.ts";
import { runProgram } from "./program.ts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Run = (...args: string[]) => Promise<Ended>;

/** A folder with company files and sound, and a way to run commands in it: in this process, for there are many. */
async function inFolder(work: (folder: string, run: Run) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-cli-audio-"));
  const before = process.cwd();
  const run: Run = async (...args) => {
    let [out, err] = ["", ""];
    const output = createOutput(
      (text) => void (out += text),
      (text) => void (err += text),
      100,
    );
    const loadApp = () => Promise.reject(new Error("no server is started here"));
    const code = await runProgram(args, { output, dataDir: "d", version: "1", loadApp });
    return { code, out, err };
  };
  try {
    process.chdir(folder);
    mkdirSync(join(folder, "audio"));
    writeFileSync(join(folder, "audio/enter-code.wav"), wav({ channels: [tone(1000, 8000, 0.5)] }));
    writeFileSync(join(folder, "page.mp3"), "<html>");
    writeFileSync(join(folder, "c.yaml"), COMPANY_WITH_AUDIO_TEXT);
    await work(folder, run);
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  }
}

const CONVERTING = [
  "Audio message enter-code (1 of 2): converting audio/enter-code.wav …",
  "Audio message wrong-code (2 of 2): speaking its text (en) …",
  "",
].join("\n");

/** What the company file is warned of has nothing to do with sound. */
const withoutWarnings = (text: string): string => text.replace(/^.*: warning: .*\n/gm, "");

/** What a person does with messages; the same whether the server runs or not. */
async function walk(folder: string, run: Run): Promise<void> {
  const applied = await run("apply", "c.yaml");
  assert.equal(applied.code, 0, applied.out);
  assert.equal(withoutWarnings(applied.err), CONVERTING);
  const again = await run("apply", "c.yaml");
  assert.deepEqual(
    [again.code, again.out, withoutWarnings(again.err)],
    [0, "Nothing to change: c.yaml is what version 1 has.\n", ""],
  );

  const list = await run("audio", "list");
  assert.match(list.out, /^en\/enter-code +3\.\d s {2}"Please enter your code.*, comes with Switchhook$/m);
  assert.match(list.out, /^enter-code +0\.5 s {2}audio\/enter-code\.wav, played by webhook "VIP code"$/m);
  const json = JSON.parse((await run("audio", "list", "--json")).out) as { name: string; builtIn: boolean }[];
  assert.deepEqual(
    json.filter(({ builtIn }) => !builtIn).map(({ name }) => name),
    ["enter-code", "wrong-code"],
  );

  const got = await run("audio", "get", "enter-code", "out.wav");
  assert.deepEqual(got, { code: 0, out: "Written to out.wav.\n", err: "" });
  const { samples, rate } = heard(readFileSync(join(folder, "out.wav")), "wav");
  assert.ok(amplitudeAt(samples, rate, 1000) > 0.1);
  const missing = await run("audio", "get", "nothing", "out.wav");
  assert.equal(missing.code, 1);
  assert.match(missing.err, /^There is no audio message "nothing"/);
  assert.equal((await run("audio", "get", "enter-code", "none/out.wav")).code, 3);

  const added = await run("audio", "add", "bye", "--text", "Tot ziens.", "--language", "nl");
  assert.deepEqual([added.code, added.out.split("\n")[0]], [0, "  audio message bye added"]);
  assert.equal((await run("audio", "add", "tone", "audio/enter-code.wav")).code, 0);
  const disguised = await run("audio", "add", "tone", "page.mp3");
  assert.equal(disguised.code, 1);
  assert.match(disguised.err, /^page\.mp3 is not sound .* a web page[^]*Nothing has been changed\.\n$/m);
  const absent = await run("audio", "add", "tone", "none.wav");
  assert.match(absent.err, /There is no file .*none\.wav\.\nNothing has been changed\.\n$/);

  const used = await run("audio", "remove", "enter-code");
  assert.deepEqual(used, {
    code: 1,
    out: "",
    err: 'Audio message "enter-code" is played by webhook "VIP code". Give it another one first.\nNothing has been changed.\n',
  });
  assert.match((await run("audio", "remove", "tone")).out, /^ {2}audio message tone removed\nVersion 4; /);

  const exported = await run("export", "all.yaml");
  assert.equal(exported.code, 0);
  rmSync(join(folder, "audio"), { recursive: true });
  const back = await run("apply", "all.yaml");
  assert.deepEqual(
    [back.code, back.out, withoutWarnings(back.err)],
    [0, "Nothing to change: all.yaml is what version 4 has.\n", ""],
  );
  writeFileSync(join(folder, "other.yaml"), COMPANY_WITH_AUDIO_TEXT.replace("enter-code.wav", "gone.wav"));
  const gone = await run("apply", "other.yaml", "--overwrite");
  assert.equal(gone.code, 1);
  assert.match(
    gone.err,
    /^other\.yaml:33:31: audioMessages\[0\]\.file: There is no file .*gone\.wav\.\n1 error\.\nNothing has been changed\.\n$/,
  );
  const renamed = readFileSync(join(folder, "all.yaml"), "utf8")
    .replace("name: enter-code", "name: hello\n    was: enter-code")
    .replace("startMessage: enter-code", "startMessage: hello");
  writeFileSync(join(folder, "renamed.yaml"), renamed);
  const named = await run("apply", "renamed.yaml");
  assert.equal(named.code, 0, named.err);
  assert.match(named.out, /^ {2}audio message enter-code is now hello$/m);
}

test("audio messages of an installation that does not run", () =>
  inFolder(async (folder, run) => {
    await walk(folder, run);
  }));

test("audio messages of a running server", () =>
  inFolder(async (folder, run) => {
    const dataDir = join(folder, "d");
    const published: Snapshot[] = [];
    const start = { dataDir, applyFile: undefined, http: "127.0.0.1:0", realm: "pbx", callsKeepDays: 1 };
    const control = await Control.start(
      { ...start, again: false, softwareVersion: "1" },
      {
        clock: systemClock,
        publish: (snapshot) => void published.push(snapshot),
        status: () => ({ ready: true, reason: "", counters: {}, gauges: {} }),
        phones: () => [],
        access: (lift) => ({ registered: 0, bans: [], trunks: [], lifted: lift?.what === "215" ? 2 : 0 }),
        log: () => {},
      },
    );
    assert.ok(control.ok);
    try {
      assert.ok(claimInstance(dataDir, { http: control.value.httpAddress, sip: [] }).ok);
      await walk(folder, run);
      const bye = published.at(-1)?.audioMessages.get("bye");
      assert.ok(bye !== undefined && bye.durationMs > 400);
      assert.equal(readFileSync(`${bye.path}.ulaw`).length, bye.durationMs * 8);
    } finally {
      releaseInstance(dataDir);
      await control.value.stop();
    }
  }));

test("wrong usage and an installation without anything are told apart", () =>
  inFolder(async (_folder, run) => {
    for (const args of [
      ["add"],
      ["add", "x"],
      ["add", "x", "a.wav", "--text", "y"],
      ["add", "x", "--text", "y"],
      ["get", "x"],
      ["remove"],
      ["lst"],
    ])
      assert.equal((await run("audio", ...args)).code, 2, args.join(" "));
    assert.deepEqual(await run("audio", "list"), {
      code: 3,
      out: "",
      err: "There is no installation in d, or this user may not see it: name its folder with --data DIR.\n",
    });
  }));
