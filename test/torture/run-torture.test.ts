// Over 5 s: the public torture tool, with its own waits, from strangers and from known addresses.

import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import { needs } from "../interop/needs.ts";
import { Program } from "../support/process.ts";
import { startServer } from "../support/server.ts";
import { company, sets, strangers, trunk } from "./cast.ts";
import { needsTorture, tortureFolder } from "./messages.ts";

const options = { skip: needsTorture() || needs("python3"), concurrency: true };
const script = path.join(tortureFolder, "run_torture.py");

describe("run_torture.py against the running server", options, () => {
  /** Each run needs port 5060 of its address for itself: a stranger runs beside a trunk, the two RFCs one after the other. */
  for (const [who, source] of [
    ["a stranger", strangers[0] ?? ""],
    ["a trunk", trunk],
  ] as const) {
    describe(`from ${who}`, { concurrency: 1 }, () => {
      for (const { rfc, folder, line } of sets) {
        test(`${rfc} by run_torture.py, from ${who}`, async () => {
          const server = await startServer({ company });
          try {
            const args = [script, server.address, "5060", folder, "--bind", source, "--wait", "0.4"];
            const ended = await new Program("python3", args).ended;
            assert.equal(ended.stdout.trimEnd().split("\n").at(-1), line, ended.stdout + ended.stderr);
            assert.equal(ended.code, 0);
          } finally {
            await server.stop();
          }
        });
      }
    });
  }
});
