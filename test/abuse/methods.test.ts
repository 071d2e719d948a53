import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { Party, type Shape, sdp, token } from "./parts/party.ts";

const trunk = ownAddress();
const company = companyText({
  caller: trunk,
  routes: { "+31501234567": [ringPhone("215", 5)] },
});

/** Requests that belong to no dialog, and the answers that refuse them; "" stands for silence. */
const OUTSIDE: readonly (readonly [method: string, answers: readonly string[], more?: Partial<Shape>])[] = [
  ["INVITE", ["401", "403"]],
  ["MESSAGE", ["405"]],
  ["SUBSCRIBE", ["405", "489"], { headers: [["Event", "presence"]] }],
  ["PUBLISH", ["405", "489"], { headers: [["Event", "presence"]] }],
  ["REFER", ["405"], { headers: [["Refer-To", "<sip:+31900123456@example.org>"]] }],
  ["NOTIFY", ["405", "489"], { headers: [["Event", "message-summary"]] }],
  ["INFO", ["481"]],
  ["UPDATE", ["481"]],
  ["PRACK", ["481"], { headers: [["RAck", "1 1 INVITE"]] }],
  ["BYE", ["481"]],
  ["CANCEL", ["481"]],
  ["ACK", [""]],
  ["FLURB", ["501"]],
];

/** The same inside a dialog that somebody made up. */
const INSIDE: readonly string[] = [
  "INVITE",
  "BYE",
  "INFO",
  "UPDATE",
  "REFER",
  "NOTIFY",
  "SUBSCRIBE",
  "MESSAGE",
];

describe("B6: every method is authenticated or refused", () => {
  let server: TestServer;
  let phone: Party;
  before(async () => {
    server = await startServer({ company });
    phone = await Party.open(ownAddress());
    assert.equal(await phone.register("215", PASSWORD, server), "200");
  });
  after(async () => {
    await phone.close();
    await server.stop();
  });

  const shapeFor = (method: string, more: Partial<Shape>): Shape => ({
    method,
    uri: `sip:215@${server.address}`,
    from: `<sip:215@${server.address}>;tag=${token()}`,
    to: `<sip:215@${server.address}>`,
    ...(method === "INVITE" ? { body: sdp("127.0.0.1") } : {}),
    ...more,
  });

  async function refused(party: Party, shape: Shape, answers: readonly string[]): Promise<void> {
    if (answers.includes("")) {
      await party.send(party.write(shape, server), server);
      assert.equal(kind(await party.ask({ method: "OPTIONS" }, server)), "200");
      return;
    }
    const answer = kind(await party.ask(shape, server));
    assert.ok(answers.includes(answer), `${shape.method}: ${answer}`);
  }

  /** A stranger may send 16 requests in 2 s; the tables are longer, so each of their requests has a source of its own. */
  async function from(who: string, act: (party: Party) => Promise<void>): Promise<void> {
    if (who !== "a stranger") return act(phone);
    const stranger = await Party.open(ownAddress());
    await act(stranger);
    await stranger.close();
  }

  for (const who of ["a stranger", "a registered phone without credentials"] as const) {
    for (const [method, answers, more = {}] of OUTSIDE) {
      test(`B6: ${method} outside a dialog from ${who}: refused`, async () => {
        await from(who, (party) => refused(party, shapeFor(method, more), answers));
      });
    }
    for (const method of INSIDE) {
      test(`B6: ${method} in a dialog that does not exist, from ${who}: refused`, async () => {
        const to = `<sip:215@${server.address}>;tag=${token()}`;
        await from(who, (party) => refused(party, shapeFor(method, { to }), ["481", "405"]));
      });
    }
  }

  test("B6: nothing of it reached a phone or left anything behind", async () => {
    assert.deepEqual(phone.requests, []);
    for (const gauge of ["switchhook_calls_active", "switchhook_dialogs"]) {
      assert.equal(await server.metric(gauge), 0, gauge);
    }
    assert.equal(await server.metric("switchhook_calls_total"), 0);
    assert.equal(await server.metric("switchhook_registrations"), 1);
  });
});
