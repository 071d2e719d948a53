import assert from "node:assert/strict";
import { toCallRow } from "../../src/model/call-row.ts";
import { callRecord } from "../support/call-record.ts";
import type { Check } from "./store-under-test.ts";

/** Requests of webhooks, and their figures. */
export function webhookRequestContract(check: Check): void {
  check("requests of webhooks are kept with their calls, once", async ({ repositories }) => {
    const { calls, webhookRequests } = repositories;
    const replied = (atMs: number, elapsedMs: number, verdict: string, webhook = "CRM") =>
      ({
        atMs,
        type: "replied",
        webhook,
        url: "",
        verdict,
        ...(verdict === "error" && { failure: "html" }),
        status: 200,
        elapsedMs,
        reason: "because",
        args: { title: "Sign in" },
        warnings: [],
        excerpt: "",
      }) as const;
    const rows = Array.from({ length: 20 }, (_, index) =>
      toCallRow(
        callRecord(`c${String(index).padStart(2, "0")}`, 1000 * index, {
          story: [replied(10, index + 1, index % 5 === 0 ? "error" : "ack"), replied(10, 99, "nak", "CRM 2")],
        }),
      ),
    );
    await calls.insertMany(rows);
    await calls.insertMany(rows);
    assert.deepEqual(await webhookRequests.figures("CRM", 0), {
      requests: 20,
      failures: 4,
      p50Ms: 10,
      p95Ms: 19,
    });
    assert.deepEqual(await webhookRequests.figures("CRM", 10_000), {
      requests: 10,
      failures: 2,
      p50Ms: 15,
      p95Ms: 20,
    });
    assert.deepEqual(await webhookRequests.figures("no such", 0), {
      requests: 0,
      failures: 0,
      p50Ms: undefined,
      p95Ms: undefined,
    });
    const page = await webhookRequests.recent("CRM", 3);
    assert.deepEqual(
      page.map(({ call, at, elapsedMs }) => [call, at, elapsedMs]),
      [
        ["c19", 19_010, 20],
        ["c18", 18_010, 19],
        ["c17", 17_010, 18],
      ],
    );
    assert.deepEqual((await webhookRequests.recent("CRM", 9, page[2]))[0]?.call, "c16");
    assert.deepEqual(page[0], {
      webhook: "CRM",
      at: 19_010,
      call: "c19",
      nth: 0,
      verdict: "ack",
      failure: undefined,
      status: 200,
      elapsedMs: 20,
      reason: "because",
      args: { title: "Sign in" },
    });
    assert.deepEqual(await webhookRequests.askedSince(0), ["CRM", "CRM 2"]);
    assert.deepEqual(await webhookRequests.askedSince(19_011), []);
    await calls.purge(5_000, 100);
    assert.equal((await webhookRequests.figures("CRM", 0)).requests, 15);
  });

  check("a purge goes on while there are requests, also when all of their calls are gone", async (store) => {
    const { calls, webhookRequests } = store.repositories;
    const replied = {
      type: "replied",
      webhook: "CRM",
      url: "",
      verdict: "ack",
      status: 200,
      elapsedMs: 5,
      reason: "",
      warnings: [],
      excerpt: "",
    } as const;
    const story = [1, 2, 3, 4, 5, 6, 7].map((atMs) => ({ ...replied, atMs }));
    await calls.insertMany([toCallRow(callRecord("a", 1000, { story }))]);
    const left: number[] = [];
    while (await calls.purge(2000, 3)) left.push((await webhookRequests.figures("CRM", 0)).requests);
    assert.deepEqual(left, [4, 1]);
    assert.equal((await webhookRequests.figures("CRM", 0)).requests, 0);
  });
}
