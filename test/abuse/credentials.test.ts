import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { companyText } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, headers, kind } from "../support/sip-text.ts";
import { Party, type Place, sdp, token } from "./parts/party.ts";

const caller = ownAddress();
const carrier = ownAddress();
const company = companyText({
  caller,
  carrier,
  routes: { "+31501234567": ['{ type: fixedDestination, number: "+31612345678", ringSeconds: 5 }'] },
}).replace(
  "    trusted: false\n",
  "    trusted: false\n    credentials: { username: us, password: our-own-secret }\n",
);

const challenge = (realm: string): readonly [string, string] => [
  "WWW-Authenticate",
  `Digest realm="${realm}", nonce="${token()}", qop="auth", algorithm=MD5`,
];

describe("B7: our own credentials", () => {
  let server: TestServer;
  let from: Party;
  let to: Party;
  before(async () => {
    server = await startServer({ company });
    from = await Party.open(caller);
    to = await Party.open(carrier);
  });
  after(async () => {
    await Promise.all([from.close(), to.close()]);
    await server.stop();
  });

  /** A call that goes out through the carrier; the final answer that its caller gets. */
  async function call(answer: (request: string, place: Place) => void): Promise<string> {
    to.heard.length = 0;
    to.onRequest = (request, place) => {
      if (kind(request) === "INVITE") answer(request, place);
    };
    const shape = { method: "INVITE", uri: `sip:+31501234567@${server.address}`, body: sdp(caller) };
    return kind(await from.ask({ ...shape, from: `<sip:+31687654321@${caller}>;tag=${token()}` }, server));
  }

  test("B7: a peer that asks with a new nonce for ever sees at most 3 INVITEs", async () => {
    const status = await call((request, place) => {
      void to.reply(request, place, 401, { headers: [challenge("carrier.example")] });
    });
    const invites = to.of("INVITE");
    assert.ok(invites.length >= 2 && invites.length <= 3, `${invites.length} INVITEs`);
    assert.equal(new Set(invites.map((invite) => header(invite, "CSeq"))).size, invites.length);
    assert.ok(headers(invites[1] ?? "", "Authorization").length === 1, "the challenge was answered");
    assert.ok(!["401", "407", "200"].includes(status), `the caller gets ${status}, never our challenge`);
  });

  test("B7: a stale nonce for ever ends as well", async () => {
    await call((request, place) => {
      const [name, value] = challenge("carrier.example");
      void to.reply(request, place, 407, {
        headers: [[name.replace("WWW", "Proxy"), `${value}, stale=true`]],
      });
    });
    assert.ok(to.of("INVITE").length <= 3, `${to.of("INVITE").length} INVITEs`);
  });

  test("B7: a challenge that comes from another host than the request was sent to gets no credentials", async () => {
    const thief = await Party.open(ownAddress());
    const nonce = token();
    const theirs = [
      "WWW-Authenticate",
      `Digest realm="carrier.example", nonce="${nonce}", qop="auth"`,
    ] as const;
    try {
      await call((request, place) => {
        // It even knows our branch.
        void thief.reply(request, place, 401, { headers: [theirs] }).then(() => {
          void to.reply(request, place, 486);
        });
      });
      const sent = [...to.requests, ...thief.requests];
      assert.ok(sent.length > 0);
      // The carrier's own nonces of before are still good for it; the thief's must not have been used.
      for (const text of sent) assert.ok(!text.includes(nonce), text);
      assert.equal(thief.requests.length, 0);
    } finally {
      await thief.close();
    }
  });

  test("B7: nobody else is told the password, asked or not, and it is in no log", async () => {
    const stranger = await Party.open(ownAddress());
    await stranger.ask({ method: "INVITE", uri: `sip:+31501234567@${server.address}` }, server);
    await stranger.close();
    assert.ok(stranger.heard.every(({ text }) => !text.includes("our-own-secret")));
    assert.ok(!server.process.stdout.includes("our-own-secret"));
    assert.ok(!to.heard.some(({ text }) => text.includes("our-own-secret")));
  });
});
