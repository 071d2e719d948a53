import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Program, until } from "../../support/process.ts";
import type { TestServer } from "../../support/server.ts";
import { sippCallee, sippCaller } from "../../support/sipp.ts";
import type { Flood, Flooded } from "./flooder.ts";

/** Good calls beside a flood: from whom, to which number, and where the phone is that answers. */
export interface GoodCalls {
  readonly caller: string;
  readonly phone: string;
  readonly did: string;
}

const RATE = 20;
/** The calls begin before the flood and end after it. */
const MARGIN_SECONDS = 1;
/** Reliability B4: the answer's p99, and what may be kept of the flood's memory. */
const P99_MS = 100;
const MEMORY_BYTES = 50 * 1_048_576;
const MEMORY_BACK_MS = 60_000;
const TRIES = 3;

/**
 * Floods a server while 20 good calls a second go through it: all succeed, the 99th percentile of the time to their
 * answer is at most 100 ms, and the memory is back within a minute. `meanwhile` runs once the flood is under way. Server,
 * flood and calls share the processors with whatever else the machine does: a flood that makes calls wait does so each of three times.
 */
export async function floodBesideCalls(
  server: TestServer,
  calls: GoodCalls,
  flood: Flood,
  meanwhile: () => Promise<void> = async () => {},
): Promise<Flooded> {
  const tried: number[] = [];
  for (;;) {
    const { p99, flooded } = await floodOnce(server, calls, flood, meanwhile);
    tried.push(p99);
    if (p99 <= P99_MS) return flooded;
    console.log(`# p99 of the answer ${p99} ms; once more`);
    assert.ok(tried.length < TRIES, `p99 of the answer, each time: ${tried.join(", ")} ms`);
  }
}

async function floodOnce(
  server: TestServer,
  calls: GoodCalls,
  flood: Flood,
  meanwhile: () => Promise<void>,
): Promise<{ readonly p99: number; readonly flooded: Flooded }> {
  const memoryBefore = memoryOf(server);
  const count = RATE * (flood.seconds + 2 * MARGIN_SECONDS);
  const to = `${server.address}:${server.port}`;
  const phone = await sippCallee("phone-answers", { at: calls.phone, server: to, calls: count });
  const rows = [[calls.did, "+31612345999", ""]];
  const more = ["-trace_rtt", "-rtt_freq", "1"];
  const caller = sippCaller("caller-answered", {
    at: calls.caller,
    server: to,
    rows,
    calls: count,
    rate: RATE,
    more,
  });
  await phone.has("BYE");
  const flooder = new Program(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    path.join(import.meta.dirname, "flooder.ts"),
    JSON.stringify(flood),
  ]);
  await until("the flood", () => flooder.stdout !== "");
  await meanwhile();
  await caller.succeeded();
  await phone.succeeded();
  const ended = await flooder.ended;
  assert.equal(ended.code, 0, ended.stderr);
  const times = caller.responseTimesMs().toSorted((a, b) => a - b);
  assert.equal(times.length, count);
  const p99 = times[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
  await until(
    `the memory to be back at ${memoryBefore} octets`,
    () => memoryOf(server) <= memoryBefore + MEMORY_BYTES,
    MEMORY_BACK_MS,
  );
  const flooded = JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "") as Flooded;
  console.log(`# p99 of the answer ${p99} ms; ${JSON.stringify(flooded)}`);
  return { p99, flooded };
}

/** Resident, in octets (proc(5)). */
function memoryOf(server: TestServer): number {
  const status = readFileSync(`/proc/${server.process.child.pid}/status`, "utf8");
  return 1_024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
}
