// Every row of the reply table of webhook.md with a code asked for: ACK connects, NAK asks again and fails after the last
// attempt, anything else fails at once. The callers are answered, type their code by RFC 4733, and listen.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Party, sdp, token } from "../abuse/parts/party.ts";
import { codeWebhook, companyText, PASSWORD } from "../support/company.ts";
import { Ear, heardPrompts } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import type { Receiver } from "../support/receiver.ts";
import { type Samples, silence } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { displayName, header, kind, user } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";
import {
  CALLER_NAME,
  CALLS,
  callerOf,
  DOWN,
  deadEnds,
  didOf,
  inviteOf,
  type Rung,
  rowCompany,
  rows,
  startRowReceiver,
} from "./reply-rows.ts";

const ATTEMPTS = 2;
/** Longer than what the random names in a record have by chance. */
const CODE = "47110815";
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
  receiver = await startRowReceiver();
  const ivr = `, attempts: ${ATTEMPTS}, codeLength: ${CODE.length}, timeoutSeconds: 8`;
  const asks = (name: string, address: string): string =>
    codeWebhook(name, address, ivr, ", timeoutSeconds: 1");
  server = await startServer({
    company: companyText({
      caller: callers[0] ?? "",
      moreCallers: callers,
      carrier,
      ...rowCompany(receiver.address, asks),
    }),
  });
  for (const who of ["215", "216", "trunk"] as const) {
    const party = await Party.open(who === "trunk" ? carrier : ownAddress());
    party.onRequest = (request, from) => {
      const answer = kind(request) === "INVITE" ? { body: sdp(party.address), tag: token() } : {};
      if (kind(request) !== "ACK") void party.reply(request, from, 200, answer);
    };
    if (who !== "trunk") assert.equal(await party.register(who, PASSWORD, server), "200");
    rung.set(who, party);
  }
  const waiting = Array.from({ length: CALLS }).keys();
  // Whoever is free takes the next call.
  await Promise.all(
    callers.map(async (at) => {
      for (const index of waiting) await call(at, index);
    }),
  );
  await server.recorded(CALLS);
});

after(async () => {
  for (const party of rung.values()) await party.close();
  await server?.stop();
  await receiver?.kill();
});

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
    for (let attempt = 1; attempt <= (row?.asksAgain === true ? ATTEMPTS : 0); attempt++) {
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

function inviteAt(party: Rung, index: number): string | undefined {
  return inviteOf(index, rung.get(party)?.of("INVITE"));
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
    const attempts = row.asksAgain === true ? ATTEMPTS : 1;
    assert.ok(repeated || requests.length === (row.requests ?? attempts), `${requests.length} requests`);
    for (const query of requests) assert.equal(query.get("code"), CODE);
    const incorrect = heardPrompts(recordings[index] ?? silence(0)).filter(({ name }) => name === INCORRECT);
    assert.equal(incorrect.length, row.asksAgain === true ? ATTEMPTS : 0, "incorrect messages");
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
