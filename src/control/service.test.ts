import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMPANY_TEXT, COMPANY_WARNING } from "../../test/fakes/company-text.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { callRecord } from "../../test/support/call-record.ts";
import { controlStart } from "../../test/support/control-service.ts";
import { readToken } from "../instance/api-token.ts";
import type { FromControl } from "../link/link.ts";
import { type CallRecord } from "../model/call-record.ts";
import { toCallRow } from "../model/call-row.ts";
import { SlabWriter } from "../record/slab-writer.ts";
import { openStore } from "../store/store.ts";
import type { ControlService } from "./service.ts";
import { startControlService } from "./start.ts";

const DAY_MS = 86_400_000;

interface Running {
  readonly service: ControlService;
  readonly clock: VirtualClock;
  /** What calls are recorded with, on the other side. */
  readonly writer: SlabWriter;
  /** Waits for the next message of a type. */
  readonly next: <Type extends FromControl["type"]>(
    type: Type,
  ) => Promise<Extract<FromControl, { type: Type }>>;
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
}

/** Puts the record of a call into a database that no server has open. */
async function keepCall(folder: string, record: CallRecord): Promise<void> {
  const store = await openStore(folder);
  assert.ok(store.ok);
  await store.value.calls.insertMany([toCallRow(record)]);
  await store.value.close();
}

/** The service without its thread, on a virtual clock, the test being the other side of the link; `old` is kept from before. */
async function withService(
  work: (running: Running) => Promise<void>,
  old?: (clock: VirtualClock) => CallRecord,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-service-"));
  const clock = new VirtualClock();
  if (old !== undefined) await keepCall(folder, old(clock));
  const messages: FromControl[] = [];
  const waiting: { readonly type: string; readonly resolve: (message: FromControl) => void }[] = [];
  const send = (message: FromControl): void => {
    if (message.type === "askFlush") {
      writer.flush();
      if (started.ok) started.value.receive({ type: "flushed", request: message.request });
      return;
    }
    if (message.type === "kept") writer.settle(message.upTo);
    const index = waiting.findIndex((one) => one.type === message.type);
    if (index >= 0) waiting.splice(index, 1)[0]?.resolve(message);
    else messages.push(message);
  };
  const next = <Type extends FromControl["type"]>(type: Type) => {
    const index = messages.findIndex((message) => message.type === type);
    if (index >= 0)
      return Promise.resolve(messages.splice(index, 1)[0] as Extract<FromControl, { type: Type }>);
    return new Promise<Extract<FromControl, { type: Type }>>((resolve) => {
      waiting.push({ type, resolve: resolve as (message: FromControl) => void });
    });
  };
  const start = controlStart(folder, { realm: "switchhook" });
  const writer = new SlabWriter(clock, (portion) => {
    if (started.ok) started.value.receive({ type: "portion", portion });
  });
  const started = await startControlService(start, clock, send);
  assert.ok(started.ok, started.ok ? "" : started.error.join("\n"));
  const { httpAddress } = await next("ready");
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${httpAddress}${path}`, { ...init, headers: { authorization: `Bearer ${readToken(folder)}` } });
  try {
    await work({ service: started.value, clock, writer, next, request });
  } finally {
    await started.value.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

test("an apply is answered only when the signalling side has taken it over", () =>
  withService(async ({ service, next, request }) => {
    let answered = false;
    const response = request("/api/v1/company", { method: "PUT", body: COMPANY_TEXT }).then((answer) => {
      answered = true;
      return answer;
    });
    const publish = await next("publish");
    // It is on disk already; a whole round trip later there is still no answer.
    assert.equal((await request("/api/v1/company")).status, 200);
    assert.equal(answered, false);
    service.receive({ type: "published", request: publish.request, taken: true });
    assert.equal((await response).status, 200);
  }));

test("an apply that is not taken over in time says so, and the next one publishes again", () =>
  withService(async ({ service, clock, next, request }) => {
    const response = request("/api/v1/company", { method: "PUT", body: COMPANY_TEXT });
    await next("publish");
    clock.advance(5000);
    assert.equal((await response).status, 503);
    const again = request("/api/v1/company", { method: "PUT", body: COMPANY_TEXT });
    service.receive({ type: "published", request: (await next("publish")).request, taken: true });
    const warnings = [{ ...COMPANY_WARNING, file: "company.yaml" }];
    assert.deepEqual(await (await again).json(), { version: 1, changes: [], warnings });
  }));

test("not ready when the signalling side says so, or does not answer", () =>
  withService(async ({ service, clock, next, request }) => {
    const draining = request("/ready");
    const status = { ready: false, reason: "draining", counters: {}, gauges: {} };
    service.receive({ type: "status", request: (await next("askStatus")).request, status });
    assert.equal((await draining).status, 503);
    assert.deepEqual(await (await draining).json(), { ready: false, reason: "draining" });
    const silent = request("/ready");
    await next("askStatus");
    clock.advance(1000);
    assert.deepEqual(await (await silent).json(), {
      ready: false,
      reason: "the signalling thread does not answer",
    });
  }));

test("records older than the time they are kept are deleted every minute", () =>
  withService(async ({ clock, writer, next, request }) => {
    const day = 86_400_000;
    writer.put(callRecord("old", clock.wall() - day - 1));
    writer.put(callRecord("young", clock.wall() - day + 120_000));
    writer.flush();
    assert.deepEqual(await next("kept"), { type: "kept", upTo: 1, failure: undefined });
    clock.advance(60_000);
    // Behind the purge in the same turns.
    writer.put(callRecord("other", clock.wall()));
    writer.flush();
    await next("kept");
    assert.equal((await request("/api/v1/calls/old")).status, 404);
    assert.equal((await request("/api/v1/calls/young")).status, 200);
  }));

test("a clock that is a year fast deletes nothing for a day, and that is said; then what is old goes", () =>
  withService(
    async ({ clock, writer, next, request }) => {
      const isThere = async (): Promise<boolean> => {
        // Behind the purge in the same turns.
        writer.put(callRecord(`at-${clock.now()}`, clock.wall()));
        writer.flush();
        await next("kept");
        return (await request("/api/v1/calls/old")).status === 200;
      };
      // A call of the first minute has the wrong time too, and says nothing of it.
      assert.equal(await isThere(), true);
      clock.advance(60_000);
      assert.match(
        (await next("log")).text,
        /and the newest call was on 20\d\d-.*no old call is deleted for a day/,
      );
      assert.equal(await isThere(), true);
      for (let hour = 0; hour < 23; hour += 1) {
        clock.advance(3_600_000);
        assert.equal(await isThere(), true);
      }
      clock.advance(3_700_000);
      assert.equal(await isThere(), false);
      writer.put(callRecord("old", clock.wall()));
      clock.jumpWall(400 * DAY_MS);
      clock.advance(60_000);
      assert.match((await next("log")).text, /and leapt by 400 days: no old call is deleted/);
      assert.equal(await isThere(), true);
    },
    (clock) => callRecord("old", clock.wall() - 400 * DAY_MS),
  ));

test("the company's own choice of how long calls are kept comes before the server's, from the next purge on", () =>
  withService(async ({ clock, writer, next, request, service }) => {
    const day = 86_400_000;
    writer.put(callRecord("older", clock.wall() - 5 * day));
    writer.flush();
    await next("kept");
    const putRetention = (retention: string) =>
      request("/api/v1/company", { method: "PUT", body: `${COMPANY_TEXT}\nretention: ${retention}\n` });
    // No second default beside the flag's: it would delete what the flag keeps.
    assert.equal((await putRetention("{}")).status, 422);
    const put = putRetention("{ callsDays: 7 }");
    service.receive({ type: "published", request: (await next("publish")).request, taken: true });
    assert.equal((await put).status, 200, await (await put).text());
    assert.deepEqual(await (await request("/api/v1/backup")).json(), { callsKeepDays: 7, isChosen: true });
    clock.advance(60_000);
    writer.put(callRecord("other", clock.wall()));
    writer.flush();
    await next("kept");
    assert.equal((await request("/api/v1/calls/older")).status, 200);
  }));

test("what cannot be written is told with the reason, is not settled, and is tried again", () =>
  withService(async ({ clock, writer, next }) => {
    writer.put(callRecord("a", 1, { caller: undefined as unknown as string }));
    writer.flush();
    for (let time = 0; time < 3; time += 1) {
      const kept = await next("kept");
      assert.equal(kept.upTo, 0);
      assert.match(kept.failure ?? "", /./);
      assert.equal(writer.records, 1);
      clock.advance(1000);
    }
  }));

test("a port of the API that another has: a sentence, and nothing of the service goes on", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-service-"));
  const clock = new VirtualClock();
  const taken = createServer().listen(0, "127.0.0.1");
  try {
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const start = controlStart(folder, { http: `127.0.0.1:${port}` });
    const started = await startControlService(start, clock, () => {});
    assert.match(started.ok ? "" : started.error.join(), /^The HTTP API cannot listen on 127.*EADDRINUSE/);
    assert.equal(clock.pending, 0, "a timer would keep the process from its end");
  } finally {
    taken.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
