import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { mermaid, next, type Table } from "../../fsm/table.ts";
import { inviteClientTable } from "./invite-client.fsm.ts";
import { inviteServerTable } from "./invite-server.fsm.ts";
import { nonInviteClientTable } from "./non-invite-client.fsm.ts";
import { nonInviteServerTable } from "./non-invite-server.fsm.ts";

const machines: readonly (readonly [string, Table<string, string, string>, string])[] = [
  ["invite-client", inviteClientTable, "Calling"],
  ["non-invite-client", nonInviteClientTable, "Trying"],
  ["invite-server", inviteServerTable, "Proceeding"],
  ["non-invite-server", nonInviteServerTable, "Trying"],
];

for (const [name, table, initial] of machines) {
  test(`${name}: the diagram beside the table is the table's own`, () => {
    const golden = new URL(`./${name}.mmd`, import.meta.url);
    const printed = mermaid(table, initial);
    // Printed anew with `--test-update-snapshots`, Node's own flag for goldens.
    if (process.execArgv.includes("--test-update-snapshots")) writeFileSync(golden, printed);
    assert.equal(readFileSync(golden, "utf8"), printed);
  });

  test(`${name}: Terminated is the end, and every state can reach it`, () => {
    const ends = new Set(["Terminated"]);
    for (let before = 0; before !== ends.size; ) {
      before = ends.size;
      for (const [state, row] of Object.entries(table)) {
        if (Object.values(row).some((cell) => cell !== "ignore" && ends.has(cell.to))) ends.add(state);
      }
    }
    assert.deepEqual([...ends].sort(), Object.keys(table).sort());
    assert.ok(Object.values(table["Terminated"] ?? {}).every((cell) => cell === "ignore"));
  });

  test(`${name}: the user is informed last, so that it may call back`, () => {
    for (const row of Object.values(table)) {
      for (const cell of Object.values(row)) {
        if (cell === "ignore") continue;
        const informing = cell.do.findIndex((action) => action.startsWith("inform"));
        assert.ok(informing === -1 || informing === cell.do.length - 1, `${name}: ${cell.do.join(", ")}`);
      }
    }
  });
}

/** Runs events through a table and returns the states passed and the actions of each step. */
function run(
  table: Table<string, string, string>,
  from: string,
  events: readonly string[],
): readonly string[] {
  let state = from;
  return events.map((event) => {
    const cell = next(table, state, event);
    if (cell === "ignore") return `${state}: -`;
    state = cell.to;
    return `${state}: ${cell.do.join(" ")}`;
  });
}

test("INVITE client, busy: ACK for each copy of the final response, one report (figure 5)", () => {
  assert.deepEqual(
    run(inviteClientTable, "Calling", ["timerA", "1xx", "timerA", "300-699", "300-699", "timerD"]),
    [
      "Calling: sendInvite startA",
      "Proceeding: sendPendingCancel informResponse",
      "Proceeding: -",
      "Completed: buildAck sendAck startD informResponse",
      "Completed: sendAck",
      "Terminated: ",
    ],
  );
});

test("INVITE client, answered: every 2xx is reported until Timer M (RFC 6026 §7.2)", () => {
  assert.deepEqual(
    run(inviteClientTable, "Calling", ["2xx", "2xx", "300-699", "1xx", "transportError", "timerM"]),
    [
      "Accepted: startM informResponse",
      "Accepted: informResponse",
      "Accepted: -",
      "Accepted: -",
      "Accepted: -",
      "Terminated: informOver",
    ],
  );
});

test("INVITE server, answered: INVITE absorbed, ACK passed up, 2xx repeated (RFC 6026 §7.1)", () => {
  assert.deepEqual(
    run(inviteServerTable, "Proceeding", [
      "send1xx",
      "INVITE",
      "send2xx",
      "INVITE",
      "send2xx",
      "ACK",
      "timerL",
    ]),
    [
      "Proceeding: sendResponse",
      "Proceeding: repeatResponse",
      "Accepted: sendResponse startL",
      "Accepted: -",
      "Accepted: sendResponse",
      "Accepted: informAck",
      "Terminated: ",
    ],
  );
});

test("INVITE server, refused: repeats until the ACK, which is absorbed (figure 7)", () => {
  assert.deepEqual(
    run(inviteServerTable, "Proceeding", [
      "send300-699",
      "timerG",
      "INVITE",
      "send2xx",
      "ACK",
      "ACK",
      "timerI",
    ]),
    [
      "Completed: sendResponse startGH",
      "Completed: repeatResponse startG",
      "Completed: repeatResponse",
      "Completed: -",
      "Confirmed: startI",
      "Confirmed: -",
      "Terminated: ",
    ],
  );
  assert.deepEqual(run(inviteServerTable, "Completed", ["timerH"]), ["Terminated: informNoAck"]);
});

test("INVITE server: a transport error is told and changes nothing (RFC 6026 §8.8)", () => {
  for (const state of ["Proceeding", "Completed", "Accepted"]) {
    assert.deepEqual(run(inviteServerTable, state, ["transportError"]), [`${state}: informTransportError`]);
  }
});

test("non-INVITE client: E doubles in Trying and is T2 in Proceeding (figure 6)", () => {
  assert.deepEqual(
    run(nonInviteClientTable, "Trying", ["timerE", "1xx", "timerE", "200-699", "200-699", "timerK"]),
    [
      "Trying: sendRequest startE",
      "Proceeding: informResponse",
      "Proceeding: sendRequest startEAtT2",
      "Completed: startK informResponse",
      "Completed: -",
      "Terminated: ",
    ],
  );
});

test("non-INVITE server: silence becomes a 100, then an end without a 408 (RFC 4320)", () => {
  assert.deepEqual(
    run(nonInviteServerTable, "Trying", ["request", "tryingTimer", "request", "expiryTimer"]),
    [
      "Trying: -",
      "Proceeding: sendTrying startExpiry",
      "Proceeding: repeatResponse",
      "Terminated: informExpired",
    ],
  );
});

test("non-INVITE server: one final response, repeated for each copy of the request (figure 8)", () => {
  assert.deepEqual(run(nonInviteServerTable, "Trying", ["send200-699", "send200-699", "request", "timerJ"]), [
    "Completed: sendResponse startJ",
    "Completed: -",
    "Completed: repeatResponse",
    "Terminated: ",
  ]);
});
