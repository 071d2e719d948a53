import assert from "node:assert/strict";
import { test } from "node:test";
import { trunkLines } from "../../../src/cli/trunks.ts";
import type { TrunkStatus } from "../../../src/model/trunk-status.ts";
import { buildResponse } from "../../../src/sip/message/build.ts";
import type { Agent } from "../agent.ts";
import { BOARD, CARRIER, NUMBER, Scenario } from "../harness.ts";

const PROVIDER = "10.0.0.20";
const OUTSIDE = "+31201234567";
const provider = `name: provider, kind: registration, hosts: ["sip:${PROVIDER}"], credentials: { username: "31501234567", password: provider-secret }`;

function status(s: Scenario, name: string): TrunkStatus {
  const { trunks } = s.board.access({ bans: () => [], unban: () => false }, undefined);
  const found = trunks.find((trunk) => trunk.name === name);
  assert.ok(found);
  return found;
}

/** What the registrar answers from now on. */
function answers(at: Agent, code: number, headers: readonly (readonly [string, string])[] = []): void {
  at.transactions.use({
    onRequest(transaction) {
      const { request } = transaction;
      if (request.method === "OPTIONS")
        return transaction.respond(buildResponse(request, 200, undefined, { toTag: "r" }));
      assert.equal(request.method, "REGISTER");
      transaction.respond(buildResponse(request, code, undefined, { toTag: "r", headers }));
    },
    onAck() {},
    onCancel() {},
    onStrayResponse() {},
    onServerFailure() {},
  });
}

test("N9: a registered trunk: until when, the next refresh, the last answer, where; refused: why, and the next try", async () => {
  const s = await Scenario.start({ provider });
  const home = s.trunk("provider", PROVIDER);
  answers(home, 200, [["Contact", `<sip:x@${BOARD}>;expires=300`]]);
  await s.until(() => status(s, "provider").state === "registered", 600_000);
  const up = status(s, "provider");
  const at = up.lastAnswer?.at ?? 0;
  assert.equal(up.lastAnswer?.answer, "200 OK");
  assert.equal(up.address, `udp:${PROVIDER}:5060`);
  assert.equal(up.registeredUntil, at + 300_000);
  assert.ok((up.nextRegisterAt ?? 0) > at + 150_000 && (up.nextRegisterAt ?? 0) < at + 300_000);
  assert.match(
    trunkLines(up, "UTC")[0] ?? "",
    /^provider {2}registered until .*, next refresh .* {2}udp:10\.0\.0\.20:5060/,
  );

  answers(home, 403);
  await s.until(() => status(s, "provider").state === "waiting", 600_000);
  const down = status(s, "provider");
  assert.equal(down.lastAnswer?.answer, "The provider answered 403 Forbidden.");
  assert.ok((down.nextRegisterAt ?? 0) > s.clock.wall());
  assert.match(
    trunkLines(down, "UTC").join("\n"),
    /but the last refresh failed; next try .*\n.*403 Forbidden/,
  );
  await s.until(() => {
    const { state, registeredUntil } = status(s, "provider");
    return state === "waiting" && registeredUntil === undefined;
  }, 1_200_000);
  assert.match(trunkLines(status(s, "provider"), "UTC")[0] ?? "", /^provider {2}not registered, next try /);
});

test("N9: a peer: its last calls in and out, and what it said to them", async () => {
  const s = await Scenario.start({ provider });
  const idle = status(s, "carrier");
  assert.equal(idle.state, "peer");
  assert.match(trunkLines(idle, "UTC").join("\n"), /last call in: none; last call out: none/);
  assert.match(trunkLines({ ...idle, targets: [] }, "UTC").join("\n"), /: no address is known; the name may/);

  s.carrier.onCall = (call) => call.respond(486);
  const out = s.at("215").invite(OUTSIDE);
  await s.until(() => out.last === 486);
  const busy = status(s, "carrier");
  assert.match(busy.lastCallOut?.answer ?? "", /^486 /);
  assert.equal(busy.address, `udp:${CARRIER}:5060`);

  s.carrier.onCall = (call) => call.answer();
  const second = s.at("215").invite(OUTSIDE);
  await s.until(() => second.last === 200);
  assert.equal(status(s, "carrier").lastCallOut?.answer, "answered");
  second.bye();

  s.at("215").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  const used = status(s, "carrier");
  assert.equal(used.lastCallIn?.from, `udp:${CARRIER}:5060`);
  assert.equal(used.lastCallIn?.at !== undefined && used.lastCallIn.at <= s.clock.wall(), true);
  call.bye();
  await s.until(() => s.records.length === 3);
});

test("N9: a trunk that is gone is no longer listed", async () => {
  const s = await Scenario.start({ provider });
  s.snapshot = { ...s.snapshot, trunks: s.snapshot.trunks.filter(({ name }) => name === "carrier") };
  s.board.published(s.snapshot);
  const { trunks } = s.board.access({ bans: () => [], unban: () => false }, undefined);
  assert.deepEqual(
    trunks.map(({ name }) => name),
    ["carrier"],
  );
});
