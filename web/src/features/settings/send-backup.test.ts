import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../lib/api-error.ts";
import { checkSent, type RestoreApi, sendFile } from "./send-backup.ts";

const MADE = "2026-11-30T08:00:00.000Z";
const HEAD = `SWITCHHOOK BACKUP 1\n${JSON.stringify({ made: MADE, version: "1", salt: null })}\n`;
const MIB = 1024 * 1024;
const FILE = new File([HEAD.padEnd(6 * MIB, "x")], "office.backup");

type State = Awaited<ReturnType<RestoreApi["state"]>>;
type Job = Awaited<ReturnType<RestoreApi["jobs"]>>["items"][number];
type Content = NonNullable<State["content"]>;

/** A server that keeps octets; the requests named by `breaks` break off after so many of them. */
function server(breaks: readonly (number | undefined)[]) {
  let octets = "";
  const left = [...breaks];
  const offsets: number[] = [];
  const api: RestoreApi = {
    async state() {
      const { name: file, size } = FILE;
      const upload =
        octets === ""
          ? null
          : { file, size, received: octets.length, made: MADE, version: "1", isSealed: false };
      return { upload, content: { id: "1" } as Content, agreed: null, before: null };
    },
    async send({ offset }, part) {
      offsets.push(offset);
      const fate = left.shift();
      octets = octets.slice(0, offset) + (await part.text()).slice(0, fate);
      if (fate !== undefined) throw new ApiError(0, { title: "The server was not reached." });
      return { received: octets.length };
    },
    check: () => Promise.reject(new Error("not in this test")),
    jobs: async () => ({ items: [] }),
  };
  return { api, offsets, octets: () => octets };
}

test("a backup whose connection breaks goes on where the server is, says so meanwhile, and comes whole", async () => {
  const { api, offsets, octets } = server([undefined, MIB]);
  const told: string[] = [];
  await sendFile(FILE, api, "another", (percent, isBroken) =>
    told.push(`${Math.floor(percent)} ${isBroken}`),
  );
  assert.deepEqual(offsets, [0, 4 * MIB, 5 * MIB]);
  assert.deepEqual(told, ["0 false", "66 false", "66 true", "83 false", "100 false"]);
  assert.equal(octets(), await FILE.text());
});

test("chosen again after the page was left, the same file is gone on with", async () => {
  const { api, offsets } = server([undefined]);
  await api.send(
    { file: FILE.name, size: FILE.size, offset: 0 },
    FILE.slice(0, MIB),
    AbortSignal.timeout(1000),
  );
  await sendFile(FILE, api, "another", () => {});
  assert.deepEqual(offsets, [0, MIB, 5 * MIB]);
});

test("a refusal and a file that cannot be read end it at once, with their own words", async () => {
  const { api } = server([]);
  const refused = { ...api, send: () => Promise.reject(new ApiError(422, { detail: "This is no backup." })) };
  await assert.rejects(
    sendFile(FILE, refused, "another", () => {}),
    /This is no backup/,
  );
  const gone = Object.assign(new File([HEAD], "gone.backup"), {
    slice: (begin = 0) =>
      begin === 0
        ? { text: async () => HEAD, arrayBuffer: () => Promise.reject(new Error("It is gone.")) }
        : FILE,
  });
  await assert.rejects(
    sendFile(gone, api, "another", () => {}),
    /It is gone/,
  );
});

test("a look whose answer a proxy gives up is told by the job", async () => {
  const { api } = server([]);
  const jobs: Job[] = [];
  const job = { id: "1", kind: "checkBackup", state: "running", done: 1, of: 4 } as Job;
  const percents: number[] = [];
  const slow: RestoreApi = {
    ...api,
    async check() {
      jobs.unshift(job);
      throw new ApiError(504, { title: "Gateway Time-out" });
    },
    async jobs() {
      const items = [...jobs];
      if (jobs.length > 0) jobs.unshift({ ...job, state: "done", done: 4 });
      return { items };
    },
  };
  assert.equal((await checkSent("words", slow, (percent) => percents.push(percent))).id, "1");
  assert.deepEqual(percents, [25, 100]);
});
