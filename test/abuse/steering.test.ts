// W1: what a caller is called, through a real call and a receiver that writes back what it was asked, in every way that
// receivers in the field do: the number in the name is never dialled, and the receiver's verdict stays its own.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { companyText, webhookStep } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { Party, sdp, token } from "./parts/party.ts";

const WISH = "+31612345999";
const NAME = "X&destination=%2B31612345999&y=";
/** With it, a reply made by hand as JSON would gain a member. */
const JSON_NAME = 'X\\",\\"destination\\":\\"+31612345999';
/** A code asks for nothing else: the receiver says NAK, and the name says ACK. */
const VERDICT_NAME = "X&status=ACK&destination=+31612345999&y=";

interface Echo {
  readonly name: string;
  readonly reply: (name: string, response: ServerResponse) => string;
  readonly shown?: string;
}

const encode = encodeURIComponent;
const ECHOES: readonly Echo[] = [
  { name: "raw", reply: (name) => `status=ACK&callername=${name}` },
  { name: "raw, before the rest", reply: (name) => `callername=${name}&status=ACK` },
  { name: "raw, as the whole reply", reply: (name) => name, shown: VERDICT_NAME },
  { name: "raw, after a NAK", reply: (name) => `x=${name}&status=NAK`, shown: VERDICT_NAME },
  { name: "encoded once", reply: (name) => `status=ACK&callername=${encode(name)}` },
  { name: "encoded twice", reply: (name) => `status=ACK&callername=${encode(encode(name))}` },
  {
    name: "decoded once too often",
    reply: (name) => `status=ACK&callername=${decodeURIComponent(name)}`,
    shown: "X%26destination%3D%2B31612345999",
  },
  { name: "as HTML", reply: (name) => `status=ACK&callername=${name.replaceAll("&", "&amp;")}` },
  { name: "in JSON", reply: (name) => JSON.stringify({ status: "ACK", callername: name }) },
  {
    name: "in JSON made by hand",
    reply: (name) => `{"status":"ACK","callername":"${name}"}`,
    shown: JSON_NAME,
  },
];

const caller = ownAddress();
const carrier = ownAddress();
let current: Echo = ECHOES[0] as Echo;
let server: TestServer;
let receiver: Receiver;
let from: Party;
let to: Party;

before(async () => {
  receiver = await Receiver.start((query, _request, response) => {
    response.end(current.reply(query.get("callername") ?? "", response));
  });
  const outside = '{ type: fixedDestination, number: "+31687654321", ringSeconds: 5 }';
  server = await startServer({
    company: companyText({
      caller,
      carrier,
      receiver: receiver.address,
      routes: {
        "+31501234567": [webhookStep("CRM", ["{ type: variableDestination, ringSeconds: 5 }", outside])],
      },
    }),
  });
  from = await Party.open(caller);
  to = await Party.open(carrier);
  to.onRequest = (request, place) => {
    if (kind(request) === "INVITE") void to.reply(request, place, 486);
  };
});

after(async () => {
  await Promise.all([from?.close(), to?.close()]);
  await server?.stop();
  await receiver?.kill();
});

for (const echo of ECHOES) {
  test(`W1: a receiver that repeats the name ${echo.name} does not dial what it says`, async () => {
    current = echo;
    to.heard.length = 0;
    const before = receiver.requests.length;
    await from.ask(
      {
        method: "INVITE",
        uri: `sip:+31501234567@${server.address}`,
        body: sdp(caller),
        from: `"${echo.shown ?? NAME}" <sip:+31201234567@${caller}>;tag=${token()}`,
      },
      server,
    );
    assert.equal(receiver.requests.length, before + 1, "the receiver was asked");
    const dialled = to.of("INVITE").map((invite) => invite.split(" ")[1] ?? "");
    assert.deepEqual(
      dialled.filter((uri) => uri.includes(WISH)),
      [],
    );
    // The verdict is the receiver's: where it said ACK before the name, the success branch goes on to its next step.
    const acked = echo.reply("n", {} as ServerResponse).match(/^(?:status=ACK|\{"status":"ACK")/) !== null;
    assert.equal(
      dialled.some((uri) => uri.includes("+31687654321")),
      acked,
    );
  });
}

test("W1: the story says why", async () => {
  const calls = await server.recorded(ECHOES.length);
  const stories = await Promise.all(
    calls.map(async ({ id }) => JSON.stringify((await server.call(id)).story)),
  );
  const said = stories.filter((story) => /repeats \{callername\} as it was sent/.test(story));
  assert.equal(said.length, ECHOES.length - 3, "all but the three that encode the name");
});
