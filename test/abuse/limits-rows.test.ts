// X8: strangers do not fill the list, nor the disk.
// Over 5 s: more refused calls than the list has rows.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { companyText, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { Party, type Shape, sdp, token } from "./parts/party.ts";

const trunk = ownAddress();
const NUMBER = "+31501234567";
const company = companyText({ caller: trunk, routes: { [NUMBER]: [ringPhone("215", 5)] } });

const SOURCES = 400;
const DATAGRAMS = 100_000;

describe("X8: 100,000 datagrams of strangers", () => {
  let server: TestServer;
  let carrier: Party;
  const strangers: Party[] = [];
  before(async () => {
    server = await startServer({ company });
    carrier = await Party.open(trunk);
    // 127.0.x.x, of which no test process has a part: this file runs alone.
    for (let at = 0; at < SOURCES; at++)
      strangers.push(await Party.open(`127.0.${220 + Math.floor(at / 200)}.${1 + (at % 200)}`));
  });
  after(async () => {
    await Promise.all([carrier, ...strangers].map((party) => party.close()));
    await server.stop();
  });

  /** A call to a number of ours, or a login that guesses, in turn. */
  function attempt(at: number): Shape {
    if (at % 2 === 0) return { method: "INVITE", uri: `sip:${NUMBER}@${server.address}` };
    const proof = `Digest username="215", realm="switchhook", nonce="${token()}", uri="sip:x", response="${token()}${token()}"`;
    return {
      method: "REGISTER",
      from: `<sip:215@${server.address}>;tag=${token()}`,
      to: `<sip:215@${server.address}>`,
      headers: [["Authorization", proof]],
    };
  }

  async function flood(): Promise<void> {
    for (let sent = 0; sent < DATAGRAMS; sent += SOURCES) {
      await Promise.all(
        strangers.map((party, at) => party.send(party.write(attempt(sent / SOURCES + at), server), server)),
      );
    }
  }

  test("X8: they add at most 61 rows, every refused one is counted, and calls shows calls", async () => {
    const state = { over: false };
    const flooding = flood().finally(() => {
      state.over = true;
    });
    let made = 0;
    while (!state.over) {
      const answer = await carrier.ask(
        { method: "INVITE", uri: `sip:${NUMBER}@${server.address}`, body: sdp(trunk) },
        server,
      );
      assert.match(kind(answer), /^48[06]$/, "the call went through to its plan");
      made += 1;
    }
    await flooding;
    const refused = await until(
      "every refused attempt to be counted in a row",
      async () => {
        const rows = await server.refused("stranger", "registration");
        const attempts = rows.reduce((sum, row) => sum + row.attempts, 0);
        return attempts === (await server.metric("switchhook_calls_refused_stranger_total")) && rows;
      },
      40_000,
    );
    const tried = refused.reduce((sum, row) => sum + row.attempts, 0);
    assert.ok(tried > 400, `only ${tried} came through the guard: this flood proves nothing`);
    assert.ok(refused.length <= 61, `${refused.length} rows`);
    assert.equal(refused.filter(({ origin }) => origin === "other strangers").length, 1);
    const calls = await server.calls();
    assert.equal(calls.length, made);
    assert.ok(calls.every(({ kind: one, origin }) => one === "call" && origin === 'trunk "carrier"'));
    const listed = await server.cli("calls", "--limit", "5");
    assert.equal(listed.stdout.match(/^\d{4}-\d\d-\d\d /gm)?.length, Math.min(5, made));
    assert.doesNotMatch(listed.stdout, /stranger/);
    assert.match(
      listed.stderr,
      /^Times are those of .*\nNot listed: [\d,]+ calls? .*of strangers, .*switchhook calls --refused tells\.\n$/,
    );
    const shown = await server.cli("calls", "--refused", "--limit", "100");
    // Each is a line, and one below it that says why.
    assert.equal(shown.stdout.match(/^\d{4}-\d\d-\d\d /gm)?.length, refused.length);
  });

  test("X8: what is refused to a trunk is a call, and stays in the list of calls", async () => {
    const answer = await carrier.ask({ method: "INVITE", uri: `sip:+31509999999@${server.address}` }, server);
    assert.equal(kind(answer), "404");
    const record = await server.recordOf("+31509999999");
    assert.deepEqual([record.kind, record.result], ["call", "refused"]);
  });
});
