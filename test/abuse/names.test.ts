import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, headerLines, kind } from "../support/sip-text.ts";
import { Party, type Shape, sdp, token } from "./parts/party.ts";

/** Keys that mean something to JavaScript objects. */
const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__defineGetter__",
  "length",
  "then",
  "toJSON",
];

const trunk = ownAddress();
const company = companyText({
  caller: trunk,
  routes: { "+31501234567": [ringPhone("215", 5)] },
});

describe("I13: names that JavaScript gives a meaning have none here", () => {
  let server: TestServer;
  let caller: Party;
  let phone: Party;
  before(async () => {
    server = await startServer({ company });
    caller = await Party.open(trunk);
    phone = await Party.open(ownAddress());
    assert.equal(await phone.register("215", PASSWORD, server), "200");
    phone.onRequest = (request, place) => {
      if (kind(request) === "INVITE") void phone.reply(request, place, 486);
    };
  });
  after(async () => {
    await Promise.all([caller.close(), phone.close()]);
    await server.stop();
  });

  /** What a caller hears and what the phone gets when an INVITE is written in some way, without what is random. */
  async function call(change: Partial<Shape>): Promise<readonly [string, readonly string[]]> {
    phone.heard.length = 0;
    const shape: Shape = {
      method: "INVITE",
      uri: `sip:+31501234567@${server.address}`,
      from: `"Jan" <sip:+31687654321@${trunk}>;tag=${token()}`,
      body: sdp("127.0.0.1"),
      ...change,
    };
    const status = kind(await caller.ask(shape, server));
    const [invite = ""] = phone.of("INVITE");
    return [
      status,
      [...headerLines(invite).map(([name]) => name), header(invite, "From").replace(/;tag=.*/, "")],
    ];
  }

  for (const name of NAMES) {
    test(`I13: ${name} as header, parameter, tag, Call-ID, number and SDP attribute changes nothing`, async () => {
      const usual = await call({});
      assert.equal(usual[0], "486");
      const ways: readonly Partial<Shape>[] = [
        { headers: [[name, "polluted"]] },
        {
          headers: [
            ["Require", ""],
            ["X-Json", `{"${name}":{"polluted":1}}`],
          ],
        },
        { uri: `sip:+31501234567@${server.address};${name}=polluted` },
        { from: `"Jan" <sip:+31687654321@${trunk};${name}=polluted>;${name}=polluted;tag=${name}` },
        { callId: `${name}${token()}` },
        { via: `SIP/2.0/UDP ${trunk};rport;${name}=polluted;branch=z9hG4bK${name}${token()}` },
        { contact: `<sip:x@${trunk};${name}=polluted>;${name}=polluted` },
        { body: `${sdp("127.0.0.1")}a=${name}:polluted\r\n` },
      ];
      for (const way of ways) assert.deepEqual(await call(way), usual, JSON.stringify(way));
    });
  }

  test("I13: as user, extension, method or scheme they are unknown, as any other word is", async () => {
    for (const name of NAMES) {
      const word = "nosuchword";
      const ask = async (shape: Shape): Promise<string> => kind(await caller.ask(shape, server));
      const forms: readonly ((name: string) => Shape)[] = [
        (one) => ({ method: "INVITE", uri: `sip:${one}@${server.address}`, body: sdp("127.0.0.1") }),
        (one) => ({ method: "REGISTER", to: `<sip:${one}@${server.address}>`, uri: `sip:${server.address}` }),
        (one) => ({ method: "OPTIONS", headers: [["Require", one]] }),
        (one) => ({ method: one }),
        (one) => ({
          method: "INVITE",
          headers: [["Authorization", `Digest username="${one}", realm="${one}"`]],
        }),
        (one) => ({ method: "INVITE", headers: [["Session-Expires", one]], body: sdp("127.0.0.1") }),
      ];
      for (const form of forms) assert.equal(await ask(form(name)), await ask(form(word)), name);
    }
  });
});
