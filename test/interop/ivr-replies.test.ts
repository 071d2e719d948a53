// Every row of the reply table of webhook.md with a code asked for: ACK connects, NAK asks again and fails after the last
// attempt, anything else fails at once. The callers are answered, type their code by RFC 4733, and listen.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { Party, sdp, token } from "../abuse/parts/party.ts";
import {
  codeWebhook,
  companyText,
  number,
  PASSWORD,
  plan,
  ringPhone,
  webhookStep,
} from "../support/company.ts";
import { Ear, heardPrompts } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { type Samples, silence } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { displayName, header, kind, user } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";

/** 215 rings on the failed branch, 216 on the successful one when there is no destination. */
type Rung = "215" | "216" | "trunk";

interface Row {
  readonly name: string;
  readonly reply: string | Buffer | ((response: ServerResponse) => void);
  readonly status?: number;
  readonly rings: Rung;
  /** What the rung phone shows as the caller's name. */
  readonly shows: string;
  readonly dials?: string;
  /** Requests in all, redirects and repetitions included; 1 when left out. */
  readonly requests?: number;
  /**
   * Once more where the connection was kept alive from an earlier request (RFC 9112 §9.3.1), which depends on what goes on
   * beside it.
   */
  readonly mayRepeat?: true;
  /** The incorrect message is heard so often. */
  readonly incorrect?: number;
  readonly says?: RegExp;
}

const CALLER_NAME = "Jan";
const DOWN = `CRM down: ${CALLER_NAME}`;
const ATTEMPTS = 2;
const good = { rings: "216", shows: CALLER_NAME } as const;
const failed = { rings: "215", shows: DOWN } as const;
const again = { ...failed, requests: ATTEMPTS, incorrect: ATTEMPTS } as const;
const outside = { rings: "trunk", shows: CALLER_NAME, dials: "+31502102544" } as const;
const inside = { rings: "215", shows: CALLER_NAME } as const;

const rows: readonly Row[] = [
  { name: "status=ACK", reply: "status=ACK", ...good },
  { name: "status=ACK and a line end", reply: "status=ACK\r\n", ...good },
  { name: "Status=ack", reply: "Status=ack", ...good },
  { name: "an outside destination", reply: "status=ACK&destination=%2B31502102544", ...outside },
  { name: "an internal destination", reply: "status=ACK&destination=215", ...inside },
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
  { name: "a raw plus is repaired", reply: "status=ACK&destination=+31502102544", ...outside, says: /%2B/ },
  { name: "JSON", reply: '{"status":"ACK","destination":"215"}', ...inside },
  { name: "status=NAK", reply: "status=NAK", ...again },
  { name: "404 with status=NAK", reply: "status=NAK", status: 404, ...again },
  { name: "status=ERR", reply: "status=ERR", ...failed },
  { name: "400 with status=ERR", reply: "status=ERR", status: 400, ...failed },
  { name: "404 with status=ACK", reply: "status=ACK", status: 404, ...failed, says: /404/ },
  { name: "500 with status=NAK", reply: "status=NAK", status: 500, ...failed, says: /500/ },
  { name: "429", reply: "status=ACK", status: 429, ...failed, says: /429/ },
  { name: "an empty body", reply: "", ...failed },
  { name: "no status", reply: "destination=215", ...failed },
  { name: "an unknown status", reply: "status=OK", ...failed },
  { name: "HTML", reply: "<!doctype html><html>status=ACK</html>", ...failed },
  { name: "a body beyond 64 KiB", reply: `status=ACK&x=${"y".repeat(70_000)}`, ...failed },
  {
    name: "a redirect that never ends",
    reply: (response) => void response.writeHead(302, { location: response.req.url ?? "/" }).end(),
    ...failed,
    requests: 4,
    says: /redirect/i,
  },
  {
    name: "a reset connection",
    reply: (response) => void response.socket?.resetAndDestroy(),
    ...failed,
    mayRepeat: true,
  },
  { name: "silence until the deadline", reply: () => undefined, ...failed, says: /1 s|1,?000|time/i },
];

/** Failures before any receiver. */
const deadEnds = [
  { name: "a host that does not exist", plan: "nowhere" },
  { name: "a port that nobody listens at", plan: "closed" },
] as const;

const didOf = (index: number): string => `+3150${String(1_000_000 + index)}`;
const callerOf = (index: number): string => `+3161${String(1_000_000 + index)}`;
const CODE = "4711";
/** Calls at the same time. */
const SIDE_BY_SIDE = 6;
const INCORRECT = "en/wrong-code";

let server: TestServer;
let receiver: Receiver;
const rung = new Map<Rung, Party>();
/** What each call's caller heard. */
const recordings: Samples[] = [];

before(async () => {
  const carrier = ownAddress();
  const callers = Array.from({ length: SIDE_BY_SIDE }, () => ownAddress());
  receiver = await Receiver.start((query, _request, response) => {
    const row = rows[Number((query.get("did") ?? "").slice(5)) - 1_000_000];
    if (row === undefined) return void response.writeHead(404).end();
    if (typeof row.reply === "function") return row.reply(response);
    response.statusCode = row.status ?? 200;
    response.end(row.reply);
  });
  server = await startServer({ company: company(callers, carrier) });
  for (const who of ["215", "216", "trunk"] as const) {
    const party = await Party.open(who === "trunk" ? carrier : ownAddress());
    party.onRequest = (request, from) => {
      const answer = kind(request) === "INVITE" ? { body: sdp(party.address), tag: token() } : {};
      if (kind(request) !== "ACK") void party.reply(request, from, 200, answer);
    };
    if (who !== "trunk") assert.equal(await party.register(who, PASSWORD, server), "200");
    rung.set(who, party);
  }
  const waiting = [...rows, ...deadEnds].keys();
  // Whoever is free takes the next call.
  await Promise.all(
    callers.map(async (at) => {
      for (const index of waiting) await call(at, index);
    }),
  );
  await server.recorded(rows.length + deadEnds.length);
});

after(async () => {
  for (const party of rung.values()) await party.close();
  await server?.stop();
  await receiver?.kill();
});

function company(callers: readonly string[], carrier: string): string {
  const branches = [
    [
      "{ type: callerName, mode: webhook }",
      "{ type: variableDestination, ringSeconds: 20 }",
      ringPhone("216"),
    ],
    ['{ type: callerName, mode: prepend, text: "CRM down: " }', ringPhone("215")],
  ] as const;
  const ivr = `, attempts: ${ATTEMPTS}, codeLength: ${CODE.length}, timeoutSeconds: 8`;
  const asks = (name: string, address: string): string =>
    codeWebhook(name, address, ivr, ", timeoutSeconds: 1");
  return companyText({
    caller: callers[0] ?? "",
    moreCallers: callers,
    carrier,
    webhooks: [
      asks("CRM", receiver.address),
      asks("nowhere", "http://receiver.invalid"),
      asks("closed", "http://127.0.0.1:9"),
    ],
    plans: ["CRM", "nowhere", "closed"].map((name) => plan(name, [webhookStep(name, ...branches)])),
    numbers: [
      ...rows.map((_row, index) => number(didOf(index), "CRM")),
      ...deadEnds.map((end, index) => number(didOf(rows.length + index), end.plan)),
    ],
  });
}

/** One call: types the code, again after each incorrect message, until somebody is rung, and hangs up. */
async function call(at: string, index: number): Promise<void> {
  const [row, from] = [rows[index], callerOf(index)];
  const caller = await SpeakingParty.open(server, { at });
  try {
    assert.equal(kind(await caller.call({ number: didOf(index), from, name: CALLER_NAME })), "200");
    const ear = new Ear(() => caller.heard());
    // Over the start message: the first key stops it.
    await until("the start message", () => caller.voice.cameIn.length > 0);
    caller.voice.press(CODE, 80);
    for (let attempt = 1; attempt <= (row?.incorrect ?? 0); attempt++) {
      await ear.hears(INCORRECT);
      if (attempt < ATTEMPTS) caller.voice.press(CODE, 80);
    }
    const who = row?.rings ?? "215";
    await until(`${who} to be connected for ${row?.name ?? "a dead end"}`, () => {
      const invite = inviteAt(who, index);
      const acks = rung.get(who)?.of("ACK") ?? [];
      return invite !== undefined && acks.some((ack) => header(ack, "Call-ID") === header(invite, "Call-ID"));
    });
    await caller.bye();
    recordings[index] = caller.heard();
  } finally {
    await caller.close();
  }
}

/** The INVITE that a party got for the call of a row; calls are told apart by the caller's number. */
function inviteAt(party: Rung, index: number): string | undefined {
  return rung
    .get(party)
    ?.of("INVITE")
    .find((text) => user(header(text, "From")) === callerOf(index));
}

for (const [index, row] of rows.entries()) {
  test(`${row.name}: ${row.rings} rings and shows ${row.shows}`, async () => {
    const invite = inviteAt(row.rings, index) ?? "";
    assert.equal(displayName(header(invite, "From")), row.shows);
    if (row.dials !== undefined) assert.equal(user(invite), row.dials);
    for (const other of ["215", "216", "trunk"] as const) {
      if (other !== row.rings) assert.equal(inviteAt(other, index), undefined, `${other} was called too`);
    }
    const requests = receiver.requests.filter((query) => query.get("did") === didOf(index));
    const repeated = row.mayRepeat === true && requests.length === 2;
    assert.ok(repeated || requests.length === (row.requests ?? 1), `${requests.length} requests`);
    for (const query of requests) assert.equal(query.get("code"), CODE);
    const incorrect = heardPrompts(recordings[index] ?? silence(0)).filter(({ name }) => name === INCORRECT);
    assert.equal(incorrect.length, row.incorrect ?? 0, "incorrect messages");
    const record = await server.recordOf(didOf(index));
    if (row.says !== undefined) assert.match(JSON.stringify(record.story), row.says);
    assert.ok(!JSON.stringify(record).includes(CODE), "no code in the record");
  });
}

for (const [index, end] of deadEnds.entries()) {
  test(`${end.name}: the failed branch at once`, () => {
    const invite = inviteAt("215", rows.length + index) ?? "";
    assert.equal(displayName(header(invite, "From")), DOWN);
  });
}
