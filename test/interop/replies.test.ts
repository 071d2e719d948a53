// SIPp as a trunk → webhook → SIPp as a phone or as the outside: every row of the reply table of webhook.md takes
// the right branch, and the name and the number arrive where they should, as SIPp's own message trace tells.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { companyText, number, PASSWORD, plan, ringPhone, webhook, webhookStep } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { displayName, header, user } from "../support/sip-text.ts";
import { registerPhone, type Sipp, sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp");

/** 215 rings on the failed branch, 216 on the successful one when there is no destination. */
type Rung = "215" | "216" | "trunk";

interface Row {
  readonly name: string;
  readonly reply: string | Buffer | ((response: ServerResponse) => void);
  readonly status?: number;
  readonly rings: Rung;
  /** What the rung phone shows as the caller's name. */
  readonly shows: string;
  /** Number that the trunk is asked for. */
  readonly dials?: string;
  /** The story must say this. */
  readonly says?: RegExp;
}

const CALLER_NAME = "Jan";
const DOWN = `CRM down: ${CALLER_NAME}`;
// A kept-alive connection that is reset before any reply octet is tried once more (RFC 9112 §9.3.1).
const REQUESTS: Readonly<Record<string, number>> = {
  "a redirect that never ends": 4,
  "a reset connection": 2,
};
const good = { rings: "216", shows: CALLER_NAME } as const;
const bad = { rings: "215", shows: DOWN } as const;
const outside = { rings: "trunk", shows: CALLER_NAME, dials: "+31502102544" } as const;
const inside = { rings: "215", shows: CALLER_NAME } as const;

const rows: readonly Row[] = [
  { name: "status=ACK", reply: "status=ACK", ...good },
  { name: "status=ACK and a line end", reply: "status=ACK\r\n", ...good },
  { name: "Status=ack", reply: "Status=ack", ...good },
  { name: "a byte-order mark and white space", reply: "\ufeff  status=ACK \n", ...good },
  { name: "an outside destination", reply: "status=ACK&destination=%2B31502102544", ...outside },
  { name: "a raw plus is repaired", reply: "status=ACK&destination=+31502102544", ...outside, says: /%2B/ },
  { name: "a destination with 00", reply: "status=ACK&destination=0031502102544", ...outside },
  { name: "a national destination", reply: "status=ACK&destination=0502102544", ...outside },
  { name: "an internal destination", reply: "status=ACK&destination=215", ...inside },
  { name: "the legacy key value", reply: "status=ACK&value=215", ...inside },
  { name: "unknown keys", reply: "a=b&status=ACK&destination=215&c", ...inside },
  {
    name: "the first of duplicates",
    reply: "status=ACK&destination=215&destination=216&status=NAK",
    ...inside,
  },
  { name: "JSON", reply: '{"status":"ACK","destination":"215"}', ...inside },
  { name: "a name before the status", reply: "callername=X&status=ACK", rings: "216", shows: "X" },
  {
    name: "a name with raw spaces",
    reply: "status=ACK&callername=Jan Jansen VoIPGRID",
    rings: "216",
    shows: "Jan Jansen VoIPGRID",
  },
  {
    name: "a name with plus signs and a destination",
    reply: "status=ACK&callername=Jansen+Co&destination=215",
    rings: "215",
    shows: "Jansen Co",
  },
  {
    name: "a name in UTF-8",
    reply: "status=ACK&callername=J%C3%BCrgen%20%F0%9F%93%9E",
    rings: "216",
    shows: "Jürgen 📞",
  },
  {
    name: "a name in Latin-1",
    reply: Buffer.from("status=ACK&callername=J\xfcrgen", "latin1"),
    rings: "216",
    shows: "Jürgen",
  },
  {
    name: "a name with quotes and a backslash",
    reply: `status=ACK&callername=${encodeURIComponent('a"b\\c')}`,
    rings: "216",
    shows: 'a"b\\c',
  },
  {
    name: "a name that would inject a header",
    reply: "status=ACK&callername=Eve%0d%0aX-Evil:%20yes%00",
    rings: "216",
    shows: "EveX-Evil: yes",
  },
  {
    name: "a destination that is no number",
    reply: "status=ACK&destination=sip:x@evil.example",
    ...good,
    says: /Skipped/,
  },
  {
    name: "a destination in a forbidden country",
    reply: "status=ACK&destination=%2B1212555012345",
    ...good,
    says: /Skipped/,
  },
  { name: "a premium destination", reply: "status=ACK&destination=%2B31909123456", ...good, says: /Skipped/ },
  { name: "an emergency destination", reply: "status=ACK&destination=112", ...good, says: /Skipped/ },
  { name: "status=NAK", reply: "status=NAK", ...bad },
  { name: "404 with status=NAK", reply: "status=NAK", status: 404, ...bad },
  { name: "status=ERR", reply: "status=ERR", ...bad },
  { name: "400 with status=ERR", reply: "status=ERR", status: 400, ...bad },
  { name: "404 with status=ACK", reply: "status=ACK", status: 404, ...bad, says: /404/ },
  { name: "500", reply: "status=ACK", status: 500, ...bad, says: /500/ },
  { name: "429", reply: "status=ACK", status: 429, ...bad, says: /429/ },
  { name: "an empty body", reply: "", ...bad },
  { name: "no status", reply: "destination=215", ...bad },
  { name: "an unknown status", reply: "status=OK", ...bad },
  { name: "HTML", reply: "<!doctype html><html>status=ACK</html>", ...bad },
  { name: "a body beyond 64 KiB", reply: `status=ACK&x=${"y".repeat(70_000)}`, ...bad },
  {
    name: "a redirect that never ends",
    reply: (response) => void response.writeHead(302, { location: response.req.url ?? "/" }).end(),
    ...bad,
    says: /redirect/i,
  },
  { name: "a reset connection", reply: (response) => void response.socket?.resetAndDestroy(), ...bad },
  { name: "silence until the deadline", reply: () => undefined, ...bad, says: /1 s|1,?000|time/i },
];

/** Failures before any receiver: the webhook's host does not exist, or nobody listens there. */
const deadEnds = [
  { name: "a host that does not exist", plan: "nowhere" },
  { name: "a port that nobody listens at", plan: "closed" },
] as const;

const didOf = (index: number): string => `+3150${String(1_000_000 + index)}`;
const callerOf = (index: number): string => `+3161${String(1_000_000 + index)}`;

let server: TestServer;
let receiver: Receiver;
const parties: Partial<Record<Rung, Sipp>> = {};

before(async () => {
  if (skip !== false) return;
  const [caller, carrier, at215, at216] = [ownAddress(), ownAddress(), ownAddress(), ownAddress()];
  receiver = await Receiver.start((query, _request, response) => {
    const row = rows[Number((query.get("did") ?? "").slice(5)) - 1_000_000];
    if (row === undefined) return void response.writeHead(404).end();
    if (typeof row.reply === "function") return row.reply(response);
    response.statusCode = row.status ?? 200;
    response.end(row.reply);
  });
  const branches = [
    [
      "{ type: callerName, mode: webhook }",
      "{ type: variableDestination, ringSeconds: 20 }",
      ringPhone("216"),
    ],
    ['{ type: callerName, mode: prepend, text: "CRM down: " }', ringPhone("215")],
  ] as const;
  server = await startServer({
    company: companyText({
      caller,
      carrier,
      webhooks: [
        webhook("CRM", receiver.address, ", timeoutSeconds: 1"),
        webhook("nowhere", "http://receiver.invalid", ", timeoutSeconds: 1"),
        webhook("closed", "http://127.0.0.1:9", ", timeoutSeconds: 1"),
      ],
      plans: [
        plan("main", [webhookStep("CRM", ...branches)]),
        plan("nowhere", [webhookStep("nowhere", ...branches)]),
        plan("closed", [webhookStep("closed", ...branches)]),
      ],
      numbers: [
        ...rows.map((_row, index) => number(didOf(index), "main")),
        ...deadEnds.map((end, index) => number(didOf(rows.length + index), end.plan)),
      ],
    }),
  });
  const at = `${server.address}:5060`;
  await registerPhone(at215, at, { extension: "215", password: PASSWORD });
  await registerPhone(at216, at, { extension: "216", password: PASSWORD });
  const rung = (who: Rung): number =>
    rows.filter((row) => row.rings === who).length + (who === "215" ? deadEnds.length : 0);
  parties["215"] = await sippCallee("phone-answers", { at: at215, server: at, calls: rung("215") });
  parties["216"] = await sippCallee("phone-answers", { at: at216, server: at, calls: rung("216") });
  parties.trunk = await sippCallee("phone-answers", { at: carrier, server: at, calls: rung("trunk") });
  const calls = [...rows, ...deadEnds].map((_row, index) => [
    didOf(index),
    callerOf(index),
    `"${CALLER_NAME}" `,
  ]);
  await sippCaller("caller-answered", { at: caller, server: at, rows: calls }).succeeded();
  for (const party of Object.values(parties)) await party.succeeded();
  await server.recorded(calls.length);
});

after(async () => {
  await stopEverySipp();
  await server?.stop();
  await receiver?.kill();
});

/** The INVITE that a party got for the call of a row; calls are told apart by the caller's number. */
function inviteAt(party: Rung, index: number): string | undefined {
  const wanted = callerOf(index);
  return parties[party]?.received("INVITE").find((text) => user(header(text, "From")) === wanted);
}

for (const [index, row] of rows.entries()) {
  test(`${row.name}: ${row.rings} rings and shows ${row.shows}`, { skip }, async () => {
    const invite = inviteAt(row.rings, index);
    assert.ok(invite !== undefined, `${row.rings} was not called`);
    assert.equal(displayName(header(invite, "From")), row.shows);
    assert.equal(header(invite, "X-Evil"), "");
    if (row.dials !== undefined) assert.equal(user(invite), row.dials);
    else assert.equal(displayName(header(invite, "P-Asserted-Identity")), row.shows);

    const record = await server.recordOf(didOf(index));
    assert.equal(record.result, "completed");
    assert.equal(record.caller, callerOf(index));
    if (row.says !== undefined) assert.match(JSON.stringify(record.story), row.says);
  });
}

for (const [index, end] of deadEnds.entries()) {
  test(`${end.name}: the failed branch`, { skip }, async () => {
    const invite = inviteAt("215", rows.length + index);
    assert.ok(invite !== undefined, "215 was not called");
    assert.equal(displayName(header(invite, "From")), DOWN);
  });
}

test("each call asked the webhook once, redirects and a reset connection apart", { skip }, () => {
  const counts = new Map<string, number>();
  for (const query of receiver.requests) {
    const did = query.get("did") ?? "";
    counts.set(did, (counts.get(did) ?? 0) + 1);
  }
  for (const [index, row] of rows.entries()) {
    assert.equal(counts.get(didOf(index)), REQUESTS[row.name] ?? 1, row.name);
  }
  for (const [index, query] of receiver.requests.entries()) {
    assert.equal(query.get("callername"), CALLER_NAME, String(index));
  }
});
