import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { besideControl } from "../../test/support/control-service.ts";
import { createOutput } from "./output.ts";
import { runProgram } from "./program.ts";

async function run(folder: string, args: readonly string[]) {
  let [out, err] = ["", ""];
  const output = createOutput(
    (text) => void (out += text),
    (text) => void (err += text),
    100,
  );
  const code = await runProgram(args, {
    output,
    dataDir: folder,
    version: "1",
    loadApp: () => Promise.reject(new Error("not in this test")),
  });
  return { code, out, err };
}

/** What a receiver is asked, each request with its mark. */
async function withReceiver(work: (port: number, asked: readonly string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const receiver = createServer((request, response) => {
    asked.push(
      `${String(request.headers["x-switchhook-test"])} ${new URL(request.url ?? "", "http://x").searchParams.get("did")}`,
    );
    response.end("status=ACK&destination=216");
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  try {
    await work((receiver.address() as AddressInfo).port, asked);
  } finally {
    await new Promise((resolve) => receiver.close(resolve));
  }
}

const CALL = ["simulate", "+31501234567", "--from", "+31612345678", "--at", "2026-12-25T10:00"];

/** The walk with a reply that is given, with a busy phone, and what is refused. */
async function walk(folder: string): Promise<void> {
  const answered = await run(folder, [...CALL, "--reply", "CRM=status=ACK&destination=215"]);
  assert.deepEqual([answered.code, answered.err], [0, ""]);
  assert.match(
    answered.out,
    /^ +0\.000 s {2}The called number \+31501234567 is ours\.\n[^]*\n +0\.000 s {2}Step 1\.1\.2, [^]*\n +3\.000 s {2}[^]*\n\nResult: completed, answered by phone 215\. /,
  );
  const asSip = [
    "simulate",
    "sip:+31501234567@pbx.example",
    "--from",
    "sip:0612345678@c.example",
    ...CALL.slice(4),
  ];
  const same = await run(folder, [...asSip, "--reply", "CRM=status=ACK&destination=215"]);
  assert.deepEqual([same.code, same.out], [0, answered.out], "addresses as a trace shows them");
  const busy = await run(folder, [...CALL, "--phone", "sip:215@192.0.2.1=busy", "--json"]);
  const { verdict, path } = JSON.parse(busy.out) as { verdict: { result: string }; path: { step: string }[] };
  assert.equal(verdict.result, "busy");
  assert.deepEqual(
    path.map(({ step }) => step),
    ["1", "1.2.1", "1.2.2"],
  );
  assert.match((await run(folder, [...CALL, "--draft", "none"])).err, /^There is no dial plan "none"\.$/m);
  assert.match(
    (await run(folder, [...CALL, "--draft", "main"])).out,
    /Dial plan "main" \(version 2\) takes the call[^]*\nResult: /,
  );
  for (const wrong of [
    ["--phone", "215=asleep"],
    ["--reply", "CRM"],
    ["--at", "noon"],
    ["--at", "2026-02-30T10:00"],
    ["--digits", "12x"],
  ])
    assert.equal((await run(folder, [...CALL, ...wrong])).code, 2, wrong.join(" "));
}

test("a call is simulated on a data folder and through a running server, in the sentences of calls show", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-simulate-"));
  try {
    await withReceiver(async (port, asked) => {
      const file = join(folder, "c.yaml");
      writeFileSync(file, COMPANY_TEXT.replace("127.0.0.1:9000", `127.0.0.1:${port}`));
      const applied = await run(folder, ["apply", file]);
      assert.equal(applied.code, 0, applied.err);
      await walk(folder);
      const alone = await run(folder, [...CALL, "--ask", "CRM"]);
      assert.deepEqual(
        [alone.code, alone.err],
        [1, "Webhooks are really asked by a running server; none runs here.\n"],
      );
      await besideControl(folder, async () => {
        await walk(folder);
        const really = await run(folder, [...CALL, "--ask", "CRM"]);
        assert.match(really.out, /answered by phone 216\./);
        assert.deepEqual(asked, ["1 +31501234567"]);
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
