// Over 5 s: 1,000 replays, one after the other.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, headers, kind } from "../support/sip-text.ts";
import { authorization, Party, proofFor, type Shape, token } from "./parts/party.ts";

const trunk = ownAddress();
const company = companyText({
  caller: trunk,
  routes: { "+31501234567": [ringPhone("215", 5)] },
});

describe("B5: a proof of the password counts once, and only for what it was made for", () => {
  let server: TestServer;
  let phone: Party;
  /** What somebody has read from the wire. */
  let captured: { readonly shape: Shape; readonly authorization: string };
  before(async () => {
    server = await startServer({ company });
    phone = await Party.open(ownAddress());
    const shape: Shape = {
      method: "REGISTER",
      uri: `sip:${server.address}`,
      from: `<sip:215@${server.address}>;tag=${token()}`,
      to: `<sip:215@${server.address}>`,
      callId: token(),
      contact: `<sip:215@${phone.address}:5060>`,
    };
    const challenge = await phone.ask(shape, server);
    const algorithms = headers(challenge, "WWW-Authenticate").map(
      (line) => /algorithm=([\w-]+)/.exec(line)?.[1],
    );
    assert.deepEqual(algorithms, ["SHA-256", "MD5"], "RFC 8760: the stronger one first");
    const uri = shape.uri ?? "";
    const proof = authorization(challenge, { username: "215", password: PASSWORD, method: "REGISTER", uri });
    const accepted = await phone.ask({ ...shape, cseq: 2, headers: [["Authorization", proof]] }, server);
    assert.equal(kind(accepted), "200");
    captured = { shape, authorization: proof };
  });
  after(async () => {
    await phone.close();
    await server.stop();
  });

  /** Replays what was captured, changed; a flow may send only so much at once, so what is not answered is repeated. */
  const replay = async (change: Partial<Shape>, from = phone): Promise<string> => {
    const fields = [["Authorization", captured.authorization]] as const;
    const shape = { ...captured.shape, branch: `z9hG4bK${token()}`, headers: fields, ...change };
    return kind(await from.ask(shape, server, 30_000));
  };

  test("B5: 1,000 replays of an Authorization, from the phone's address: 0 accepted", async () => {
    const answers = new Map<string, number>();
    for (let batch = 0; batch < 20; batch += 1) {
      const replays = Array.from({ length: 50 }, (_, at) =>
        replay({ cseq: 3 + batch * 50 + at, contact: `<sip:thief@${phone.address}:5099>` }),
      );
      for (const answer of await Promise.all(replays)) answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    assert.deepEqual([...answers], [["401", 1_000]]);
  });

  test("B5: on another method, URI or Call-ID, and from another address: refused", async () => {
    const thief = await Party.open(ownAddress());
    try {
      const { address } = server;
      assert.match(await replay({ cseq: 2, callId: token() }), /^40[01]$/);
      assert.match(await replay({ method: "INVITE", uri: `sip:216@${address}`, cseq: 3 }), /^40[01]$/);
      assert.match(await replay({ method: "INVITE", cseq: 4 }), /^40[01]$/);
      assert.match(await replay({ uri: `sip:${address}:5060`, cseq: 5 }), /^40[01]$/);
      assert.match(await replay({ cseq: 6 }, thief), /^40[01]$/);
      assert.match(await replay({ cseq: 7, callId: token() }, thief), /^40[01]$/);
    } finally {
      await thief.close();
    }
    assert.equal(await server.metric("switchhook_calls_total"), 0);
  });

  test("B5: a nonce count may go up, not down or stay; a nonce is good for the address that got it", async () => {
    const { shape } = captured;
    const uri = shape.uri ?? "";
    const nonce = /nonce="([^"]*)"/.exec(captured.authorization)?.[1] ?? "";
    const realm = /realm="([^"]*)"/.exec(captured.authorization)?.[1] ?? "";
    const withCount = (nc: number, from = phone, cseq = 2_000 + nc): Promise<string> => {
      const proof = proofFor(realm, nonce, {
        username: "215",
        password: PASSWORD,
        method: "REGISTER",
        uri,
        nc,
      });
      return replay({ cseq, headers: [["Authorization", proof]] }, from);
    };
    assert.equal(await withCount(2), "200");
    assert.equal(await withCount(2, phone, 2_010), "401");
    assert.equal(await withCount(1, phone, 2_011), "401");
    assert.equal(await withCount(7, phone, 2_012), "200");
    const thief = await Party.open(ownAddress());
    assert.equal(await withCount(8, thief), "401");
    await thief.close();
  });

  test("B5: Authorization headers that make no sense are refused and break nothing", async () => {
    const good = captured.authorization;
    // 400: it cannot be read, or says something twice; 401: it can be read, and is no proof.
    const odd: readonly (readonly [status: string, value: string])[] = [
      ["400", ""],
      ["400", "Digest"],
      ["400", "Digest ,,,,"],
      ["400", "Digest username"],
      ["400", 'Digest username="'],
      ["400", `Digest ${"x=1,".repeat(2_000)}`],
      ["401", good.replace(/nonce="[^"]*"/, 'nonce=""')],
      ["400", good.replace(/nonce="[^"]*"/, `nonce="${"0".repeat(5_000)}"`)],
      ["400", good.replace(/nc=\d+/, "nc=ffffffffffffffff")],
      ["400", good.replace(/nc=\d+/, "nc=-1")],
      ["400", good.replace(/response="[^"]*"/, 'response="\u{1f4de}"')],
      ["401", good.replace("qop=auth", "qop=auth-int")],
      ["401", good.replace("algorithm=MD5", "algorithm=MD5-sess")],
      ["401", good.replace("algorithm=MD5", "algorithm=__proto__")],
      ["401", good.replace('username="215"', 'username="__proto__"')],
      ["401", good.replace('username="215"', 'username="constructor"')],
      ["400", good.replace('username="215"', "username*=UTF-8''%00")],
      ["400", `${good}, ${good}`],
      ["401", "Basic MjE1OmNvcnJlY3Q="],
      ["401", "Bearer token"],
      ["400", `Digest ${"\\".repeat(3_000)}`],
    ];
    for (const [at, [expected, value]] of odd.entries()) {
      const status = await replay({ cseq: 3_000 + at, headers: [["Authorization", value]] });
      assert.equal(status, expected, value.slice(0, 80));
    }
    const contacts = await phone.ask({ method: "OPTIONS" }, server);
    assert.equal(kind(contacts), "200");
    assert.equal(header(contacts, "Contact"), "");
    assert.equal(await server.metric("switchhook_registrations"), 1);
  });
});
