// SECURITY.md makes promises with numbers. Here each is put together from the code's own numbers and looked for on the
// page, so that neither can change alone. What guessing gets is reckoned in src/sip/ua/auth/credentials-guard.test.ts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { CONNECTIONS } from "../../src/api/connections.ts";
import { UNREAD_MS } from "../../src/api/gate.ts";
import { MAX_BODIES } from "../../src/api/refusals.ts";
import { SOURCE_REQUESTS, TOKEN_REQUESTS } from "../../src/api/request-limits.ts";
import { ALERT_PERCENT } from "../../src/board/outside-calls.ts";
import { STRANGER_ROWS } from "../../src/board/refusals.ts";
import { SHORTEST_SECRET } from "../../src/lib/masker.ts";
import { companySchema } from "../../src/model/company.ts";
import { MAX_TEXT } from "../../src/runtime/logger.ts";
import { defaultGuardLimits } from "../../src/sip/transport/guard-limits.ts";
import { defaultTransportLimits } from "../../src/sip/transport/limits.ts";
import { MAX_FORKS } from "../../src/sip/ua/context.ts";

const page = readFileSync(path.resolve(import.meta.dirname, "../../SECURITY.md"), "utf8").replaceAll(
  /\s+/g,
  " ",
);
const count = (value: number): string => value.toLocaleString("en");

/** The guard, and what its numbers make of the page. */
function promises(): readonly (readonly [guard: string, sentence: string])[] {
  const guard = defaultGuardLimits;
  const transport = defaultTransportLimits;
  const { security } = companySchema.parse({ version: 1, home: { country: "NL", timeZone: "UTC" } });
  const { perPhone, perCompany, newPerMinute } = security.outsideCalls;
  const window = `${guard.windowMs / 1000} s`;
  return [
    [
      "floods",
      `may send ${guard.requestsPerWindow} messages and ${guard.requestsPerWindow} keep-alives in ${window}`,
    ],
    [
      "floods",
      `all strangers together ${count((guard.strangers.units * 1000) / guard.strangers.windowMs)} messages a second`,
    ],
    ["floods", `${guard.phone.begins.units} in ${guard.phone.begins.windowMs / 1000} s`],
    ["floods", `a trunk ${count((guard.trunk.begins.units * 1000) / guard.trunk.begins.windowMs)} a second`],
    ["connections", `**: ${count(transport.maxConnections)}, of which strangers have`],
    [
      "connections",
      `strangers have ${count(transport.maxConnections * transport.strangersShare)} at most and ${transport.maxConnectionsPerSource} of one source, each ${transport.messageCompleteMs / 1000} s`,
    ],
    ["where packets go", `at most ${MAX_FORKS} of our goodbyes`],
    [
      "outside calls",
      `at once ${perPhone} for each phone and ${perCompany} for the company, and ${newPerMinute} new ones in any 60 s`,
    ],
    ["outside calls", `From ${ALERT_PERCENT} % of a cap on`],
    ["secrets", `Values of under ${SHORTEST_SECRET} characters are not looked for`],
    ["API", `, ${MAX_BODIES} at once.`],
    ["API", `an answer of which nothing is taken for ${UNREAD_MS / 1000} s ends it too`],
    [
      "API",
      `There are ${CONNECTIONS.all} connections, ${CONNECTIONS.ofSource} for one source (an IPv4 address, an IPv6 /64), ${CONNECTIONS.ofNetwork} for an IPv6 /48, ${CONNECTIONS.ofStrangers} for all`,
    ],
    [
      "API",
      `A token has ${TOKEN_REQUESTS.atOnce + 60 * TOKEN_REQUESTS.perSecond} requests a minute, a source without it ${SOURCE_REQUESTS.perMinute} (${count(SOURCE_REQUESTS.open)} to the open routes`,
    ],
    ["API", `and ${SOURCE_REQUESTS.wrongTokens} with wrong tokens; then 429`],
    [
      "list of calls",
      `at most ${STRANGER_ROWS.perHour} an hour over all strangers, and of one kind ${STRANGER_ROWS.ofOneKind},`,
    ],
    ["log", `a value in it is cut at ${count(MAX_TEXT)} characters`],
  ];
}

for (const [guard, sentence] of promises()) {
  test(`SECURITY.md, ${guard}: "${sentence}"`, () =>
    assert.ok(page.includes(sentence), `not on the page: ${sentence}`));
}

/** The names of the guards, as their paragraphs begin. */
function guards(): readonly string[] {
  const part = /## What protects it(.*?)## /.exec(page)?.[1] ?? "";
  return [...part.matchAll(/ \* \*\*([^*]+)\*\*/g)].map(([, name = ""]) => name);
}

test("SECURITY.md says of each guard how it is switched", () => {
  const table = /## How it is switched(.*?)## /.exec(page)?.[1] ?? "";
  assert.ok(guards().length >= 14);
  assert.deepEqual(
    [...table.matchAll(/\| ([^|]+) \| [^|]+ \|/g)].slice(1).map(([, name]) => name),
    guards(),
  );
});
