// Over 5 s: real sound is converted, and texts are spoken.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMPANY_TEXT, COMPANY_WITH_AUDIO_TEXT } from "../../test/fakes/company-text.ts";
import { controlStart } from "../../test/support/control-service.ts";
import { entitiesOf, saveCompany } from "../../test/support/entities.ts";
import { heard, loudness, soundFile, tone, wav } from "../../test/support/sound.ts";
import { readCompany } from "../company/file.ts";
import type { ControlService } from "../control/service.ts";
import { startControlService } from "../control/start.ts";
import { readToken } from "../instance/api-token.ts";
import type { FromControl } from "../link/link.ts";
import { SliceTaker } from "../link/slices.ts";
import type { Job } from "../model/job.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { openStore } from "../store/store.ts";
import { AudioLibrary } from "./audio-library.ts";
import { AudioService } from "./audio-service.ts";

const WAV = wav({ channels: [tone(1000, 8000, 0.3)] });
const MIB = 1024 * 1024;

interface Running {
  readonly folder: string;
  readonly address: string;
  readonly token: string;
  readonly published: readonly Snapshot[];
  readonly logged: readonly string[];
  request(method: string, path: string, body?: string | Uint8Array): Promise<Response>;
}

/** The service without its thread; the test takes over every snapshot at once. */
async function withService(work: (running: Running) => Promise<void>, applyFile?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-audio-service-"));
  const published: Snapshot[] = [];
  const slices = new SliceTaker("pbx");
  // What is sent before it has started waits for no answer.
  const running: { service?: ControlService } = {};
  const logged: string[] = [];
  let address = "";
  const send = (message: FromControl): void => {
    if (message.type === "ready") address = message.httpAddress;
    if (message.type === "log") logged.push(message.text);
    if (message.type !== "publish") return;
    const made = slices.take(message.slice);
    if (typeof made === "object") published.push(made);
    const { request } = message;
    queueMicrotask(() => running.service?.receive({ type: "published", request, taken: made !== "refused" }));
  };
  const start = controlStart(join(folder, "d"), { applyFile });
  const started = await startControlService(start, systemClock, send);
  assert.ok(started.ok, started.ok ? "" : started.error.join("\n"));
  running.service = started.value;
  const token = readToken(start.dataDir) ?? "";
  const request: Running["request"] = (method, path, body) =>
    fetch(`${address}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Blob([body.slice()]) }),
    });
  try {
    await work({ folder, address, token, published, logged, request });
  } finally {
    await started.value.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function upload(running: Running, bytes: Uint8Array, file = "a.wav"): Promise<string> {
  const answer = await running.request("POST", `audio/content?file=${encodeURIComponent(file)}`, bytes);
  assert.equal(answer.status, 200, await answer.clone().text());
  return ((await answer.json()) as { content: string }).content;
}

const detail = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { detail: string }).detail;

test("sound is sent, applied, heard, and removed", () =>
  withService(async (running) => {
    const { request, published } = running;
    const content = await upload(running, WAV);
    assert.equal((await request("GET", `audio/content/${content}`)).status, 200);
    const body = JSON.stringify({ company: COMPANY_WITH_AUDIO_TEXT, audio: { "enter-code": content } });
    const applied = await request("PUT", "company/with-audio?file=c.yaml", body);
    assert.equal(applied.status, 200, await applied.clone().text());
    const message = published[0]?.audioMessages.get("enter-code");
    assert.equal(message?.path, join(running.folder, "d/audio", content));
    assert.ok(existsSync(`${message?.path}.alaw`));
    assert.notEqual(published[0]?.audioMessages.get("wrong-code"), undefined);
    const sound = new Uint8Array(await (await request("GET", "audio/message?name=enter-code")).arrayBuffer());
    assert.ok(Math.abs(loudness(heard(sound, "wav").samples) + 19) < 1);
    const prompt = await request("GET", "audio/message?name=nl%2Fgoodbye");
    assert.deepEqual([prompt.status, prompt.headers.get("content-type")], [200, "audio/wav"]);
    const set = await request(
      "PUT",
      "audio/message?name=caf%C3%A9%20%2F%201",
      JSON.stringify({ file: "x", content }),
    );
    assert.deepEqual(((await set.json()) as { changes: string[] }).changes, ["audio message café / 1 added"]);
    const refused = await request("DELETE", "audio/message?name=enter-code");
    assert.equal(refused.status, 409);
    assert.match(await detail(refused), /is played by webhook "VIP code"/);
    assert.equal((await request("DELETE", "audio/message?name=caf%C3%A9%20%2F%201")).status, 200);
    const list = (await (await request("GET", "audio")).json()) as {
      messages: { name: string; usedBy: string[] }[];
    };
    assert.deepEqual(
      list.messages.filter(({ usedBy }) => usedBy.length > 0).map(({ name }) => name),
      ["enter-code", "wrong-code"],
    );
  }));

test("a plain company file keeps the sound that is stored, and is refused where there is none", () =>
  withService(async (running) => {
    const { request, folder } = running;
    // It lies where the server could read it, if it believed names.
    writeFileSync(join(folder, "enter-code.wav"), WAV);
    for (const file of ["audio/enter-code.wav", join(folder, "enter-code.wav"), "../../../etc/passwd"]) {
      const text = COMPANY_WITH_AUDIO_TEXT.replace("audio/enter-code.wav", file);
      const refused = await request("PUT", "company", text);
      assert.equal(refused.status, 422);
      const { problems } = (await refused.json()) as { problems: { line: number; message: string }[] };
      assert.deepEqual(
        problems.map(({ line, message }) => [line, message.slice(0, message.indexOf(" was not sent"))]),
        [[33, `The sound of ${file}`]],
      );
    }
    const content = await upload(running, WAV);
    const body = JSON.stringify({ company: COMPANY_WITH_AUDIO_TEXT, audio: { "enter-code": content } });
    assert.equal((await request("PUT", "company/with-audio", body)).status, 200);
    const text = await (await request("GET", "company?secrets=clear")).text();
    const again = await request("PUT", "company", text);
    assert.deepEqual(((await again.json()) as { changes: string[] }).changes, []);
  }));

test("everything about sound needs the token", () =>
  withService(async ({ address }) => {
    for (const [method, path] of [
      ["GET", "audio"],
      ["GET", "audio/message?name=x"],
      ["PUT", "audio/message?name=x"],
      ["DELETE", "audio/message?name=x"],
      ["POST", "audio/content"],
      ["GET", `audio/content/${"a".repeat(64)}`],
      ["POST", "audio/speech?language=en"],
      ["PUT", "company/with-audio"],
    ] as const) {
      const body = method === "GET" ? {} : { body: "x" };
      assert.equal((await fetch(`${address}/api/v1/${path}`, { method, ...body })).status, 401, path);
    }
  }));

test("what cannot be used is refused with its sentence, and leaves nothing", () =>
  withService(async ({ request, folder }) => {
    const cases = [
      [Buffer.from("<html>"), "voice.mp3", 422, /^voice\.mp3 is not sound that can be read here/],
      [soundFile("tone.flac"), "voice.mp3", 422, /^voice\.mp3 is FLAC by its content/],
      [WAV.subarray(0, 1000), "../x.wav", 422, /^\.\.\/x\.wav is cut off/],
      [Buffer.alloc(20 * MIB + 1), "large.wav", 413, /^large\.wav is larger than 20 MiB/],
      [Buffer.alloc(0), "e.wav", 422, /^e\.wav is empty\.$/],
    ] as const;
    for (const [bytes, file, status, says] of cases) {
      const answer = await request("POST", `audio/content?file=${encodeURIComponent(file)}`, bytes);
      assert.equal(answer.status, status, file);
      assert.match(await detail(answer), says);
    }
    const audio = join(folder, "d/audio");
    assert.deepEqual(existsSync(audio) ? readdirSync(audio) : [], []);
    assert.equal((await request("POST", `audio/content?file=${"x".repeat(501)}`, WAV)).status, 400);
    assert.equal((await request("GET", "audio/content/..%2f..%2fapi-token")).status, 400);
    assert.equal((await request("GET", `audio/content/${"a".repeat(64)}`)).status, 404);
    assert.equal((await request("GET", "audio/message?name=..%2Fapi-token")).status, 404);
    assert.equal((await request("POST", "audio/speech?language=en", " ")).status, 400);
    assert.equal((await request("POST", "audio/speech?language=en", "x".repeat(2001))).status, 400);
    assert.equal((await request("POST", "audio/speech?language=../x", "x")).status, 400);
    for (const body of ["", "{", "{}", '{"content":"x"}'])
      assert.equal((await request("PUT", "audio/message?name=x", body)).status, 400, body);
    for (const body of ["", "{", '{"company":"x","audio":{"a":"../b"}}', '{"company":1,"audio":{}}'])
      assert.equal((await request("PUT", "company/with-audio", body)).status, 400, body);
  }));

test("an upload without a length is cut off at 20 MiB, one that is broken off is forgotten", () =>
  withService(async ({ address, token, folder, logged, request }) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "audio/wav" };
    const post = () =>
      httpRequest(`${address}/api/v1/audio/content?file=big.wav`, { method: "POST", headers });
    const sending = post();
    const status = new Promise<number | undefined>((resolve, reject) => {
      sending.on("response", (response) => resolve(response.resume().statusCode));
      sending.on("error", reject);
    });
    for (let sent = 0; sent <= 21; sent++) sending.write(Buffer.alloc(MIB));
    assert.equal(await status, 413);
    sending.on("error", () => {}).destroy();
    const broken = post();
    broken.on("error", () => {}).write(WAV);
    const drafts = (): string[] => readdirSync(join(folder, "d/audio"));
    await until(() => drafts().length === 1);
    const newest = async () => {
      const { items } = (await (await request("GET", "jobs")).json()) as { items: readonly Job[] };
      return items.map(({ kind, about, state, done, sentence }) => [kind, about, state, done, sentence])[0];
    };
    // What has come is there before anybody asks.
    while ((await newest())?.[3] === 0);
    assert.deepEqual(await newest(), [
      "convertSound",
      "big.wav",
      "running",
      WAV.length,
      "Receiving big.wav.",
    ]);
    broken.destroy();
    await until(() => drafts().length === 0);
    // Neither is our fault.
    assert.deepEqual(logged, []);
  }));

test("a text that is spoken is a job: it waits its turn, is spoken and converted, and ends", () =>
  withService(async ({ request, address, token }) => {
    const abort = new AbortController();
    const told: unknown[][] = [];
    const events = await fetch(`${address}/api/v1/events?topics=job.progress`, {
      headers: { authorization: `Bearer ${token}` },
      signal: abort.signal,
    });
    const reading = (async () => {
      let text = "";
      for await (const piece of events.body ?? []) {
        text += Buffer.from(piece).toString();
        const whole = text.split("\n\n");
        text = whole.pop() ?? "";
        for (const event of whole) {
          const data = /^data: (.*)$/m.exec(event)?.[1];
          if (!event.includes("job.progress") || data === undefined) continue;
          const { kind, about, state, done, of } = JSON.parse(data) as Job;
          told.push([kind, about, state, done, of]);
          if (state !== "running") return;
        }
      }
    })();
    const text = `Good morning. ${"x".repeat(60)}`;
    const spoken = await request("POST", "audio/speech?language=en", text);
    assert.equal(spoken.status, 200, await spoken.clone().text());
    await reading;
    abort.abort();
    const about = text.slice(0, 60);
    assert.deepEqual(told, [
      ["speakText", about, "running", 0, 0],
      ["speakText", about, "running", 0, 3],
      ["speakText", about, "running", 1, 3],
      ["speakText", about, "running", 2, 3],
      ["speakText", about, "done", 3, 3],
    ]);
    const { items } = (await (await request("GET", "jobs")).json()) as { items: readonly Job[] };
    assert.deepEqual(
      items.map(({ kind, state, sentence }) => [kind, state, sentence]),
      [["speakText", "done", "The text is spoken."]],
    );
  }));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

test("sound stays as long as a call may still play it, and goes after that", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-sweep-"));
  let now = Date.now();
  const clock: Clock = {
    now: () => systemClock.now(),
    wall: () => now,
    after: (delayMs, fire) => systemClock.after(delayMs, fire),
  };
  const speak = async () => ({ ok: false, error: "not here" }) as const;
  const library = new AudioLibrary(join(folder, "audio"), speak, clock);
  try {
    const added = await library.add(WAV, "a.wav");
    assert.ok(added.ok);
    const message = { name: "a", file: "a.wav", sound: added.value };
    const read = readCompany(COMPANY_TEXT, "c.yaml");
    assert.ok(read.ok);
    const service = new AudioService(library, clock, false);
    service.published(entitiesOf({ ...read.value.company, audioMessages: [message] }));
    service.published(entitiesOf(read.value.company));
    const day = 86_400_000;
    for (const name of readdirSync(library.folder)) utimesSync(join(library.folder, name), 1, 1);
    now += 7 * day;
    const none = new Set<string>();
    assert.equal(service.sweep(none), 0);
    // After a crash of the thread nobody knows what is in use, so the time begins again.
    const next = new AudioService(library, clock, true);
    now += 2 * day;
    assert.equal(next.sweep(none), 0);
    assert.equal(
      service.sweep(new Set([added.value.content])),
      0,
      "its message may come back from the trash",
    );
    assert.equal(service.sweep(none), 4);
    assert.equal(next.sweep(none), 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a start applies a file with sound beside it, and says what it converts", async () => {
  const beside = mkdtempSync(join(tmpdir(), "switchhook-beside-"));
  try {
    writeFileSync(join(beside, "c.yaml"), COMPANY_WITH_AUDIO_TEXT.replace("audio/", ""));
    writeFileSync(join(beside, "enter-code.wav"), WAV);
    await withService(
      async ({ request, logged }) => {
        assert.deepEqual(logged, [
          "Audio message enter-code (1 of 2): converting enter-code.wav",
          "Audio message wrong-code (2 of 2): speaking its text (en)",
        ]);
        assert.equal((await request("GET", "audio/message?name=enter-code")).status, 200);
      },
      join(beside, "c.yaml"),
    );
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
});

test("what a release without sound has stored is told at start, and not played", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-silent-"));
  const store = await openStore(folder);
  const read = readCompany(COMPANY_WITH_AUDIO_TEXT, "c.yaml");
  assert.ok(store.ok && read.ok);
  await saveCompany(store.value.company, read.value.company);
  await store.value.close();
  const slices = new SliceTaker("pbx");
  let ready: Extract<FromControl, { type: "ready" }> | undefined;
  const started = await startControlService(controlStart(folder), systemClock, (message) => {
    if (message.type === "ready") ready = message;
    if (message.type === "publish") slices.take(message.slice);
  });
  assert.ok(started.ok);
  await started.value.stop();
  rmSync(folder, { recursive: true, force: true });
  assert.equal(
    ready?.notes[0],
    "Audio message enter-code has no sound yet: apply the company file again to convert it.",
  );
  assert.equal(slices.inForce?.audioMessages.has("enter-code"), false);
  assert.equal(slices.inForce?.audioMessages.has("en/enter-code"), true);
});
