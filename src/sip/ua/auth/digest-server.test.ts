import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../../test/fakes/virtual-clock.ts";
import { buildRequest } from "../../message/build.ts";
import type { SipRequest } from "../../message/message.ts";
import { computeHa1, computeResponse, type DigestAlgorithm, parseChallenges } from "./digest.ts";
import { createDigestServer, type DigestServerOptions, type DigestVerdict } from "./digest-server.ts";

const REALM = "pbx.example";
const PHONE = "192.0.2.15";
const passwords = new Map([["215", "secret"]]);

interface Try {
  readonly username?: string;
  readonly password?: string;
  readonly algorithm?: DigestAlgorithm;
  readonly nc?: number;
  readonly qop?: boolean;
  readonly method?: string;
  readonly uri?: string;
  readonly digestUri?: string;
  readonly callId?: string;
  readonly realm?: string;
}

function request(
  method: string,
  uri: string,
  headers: readonly (readonly [string, string])[] = [],
  callId = "c1",
): SipRequest {
  return buildRequest({
    method,
    uri,
    headers: [
      ["From", "<sip:215@pbx.example>;tag=f"],
      ["To", "<sip:215@pbx.example>"],
      ["Call-ID", callId],
      ["CSeq", `1 ${method}`],
      ...headers,
    ],
  });
}

function authorization(nonce: string, options: Try = {}): string {
  const { username = "215", password = "secret", algorithm = "SHA-256", nc = 1, realm = REALM } = options;
  const uri = options.digestUri ?? options.uri ?? "sip:pbx.example";
  const ncText = nc.toString(16).padStart(8, "0");
  const qop = options.qop === false ? undefined : { cnonce: "c", nc, ncText };
  const ha1 = computeHa1(algorithm, username, realm, password);
  const response = computeResponse(ha1, options.method ?? "REGISTER", { algorithm, nonce, uri, qop });
  const counted = qop === undefined ? "" : `, qop=auth, cnonce="c", nc=${ncText}`;
  return `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}${counted}`;
}

function setup(options: Partial<DigestServerOptions> = {}) {
  const clock = new VirtualClock();
  const server = createDigestServer({ realm: REALM, clock, ids: seededIds(), ...options });
  const lookups: string[] = [];
  const lookupHa1 = (username: string, algorithm: DigestAlgorithm): string | undefined => {
    lookups.push(username);
    const password = passwords.get(username);
    return password === undefined ? undefined : computeHa1(algorithm, username, REALM, password);
  };
  const nonce = (address = PHONE): string => {
    const [line] = server.challenge(401, request("REGISTER", "sip:pbx.example"), { address, stale: false });
    const [challenge] = parseChallenges(line?.[1] ?? "");
    assert.ok(challenge?.ok);
    return challenge.value.nonce;
  };
  const send = (value: string, options: Try = {}, address = PHONE) =>
    server.check(
      request(
        options.method ?? "REGISTER",
        options.uri ?? "sip:pbx.example",
        [["Authorization", value]],
        options.callId,
      ),
      { status: 401, address, lookupHa1 },
    );
  return { clock, server, nonce, send, lookups, lookupHa1 };
}

function reasonOf(verdict: DigestVerdict): string {
  return verdict.kind === "ok" ? "ok" : verdict.reason;
}

test("a challenge offers SHA-256 first, then MD5, a line each with one realm (RFC 8760 §2.4)", () => {
  const { server } = setup();
  const headers = server.challenge(407, request("INVITE", "sip:216@pbx.example"), {
    address: PHONE,
    stale: true,
  });
  assert.deepEqual(
    headers.map(([name]) => name),
    ["Proxy-Authenticate", "Proxy-Authenticate"],
  );
  const read = headers.flatMap(([, value]) => parseChallenges(value));
  assert.deepEqual(
    read.map(
      (item) => item.ok && [item.value.algorithm, item.value.realm, item.value.stale, item.value.qopAuth],
    ),
    [
      ["SHA-256", REALM, true, true],
      ["MD5", REALM, true, true],
    ],
  );
});

test("clients that break off at SHA-256 are offered MD5 alone", () => {
  const { server } = setup();
  for (const [agent, lines] of [
    ["baresip v1.0.0 (x86_64/linux)", 1],
    ["SIPp 3.6", 1],
    ["baresip v3.16.0", 2],
    ["Yealink SIP-T46U", 2],
  ] as const) {
    const from = request("REGISTER", "sip:pbx.example", [["User-Agent", agent]]);
    assert.equal(server.challenge(401, from, { address: PHONE, stale: false }).length, lines, agent);
  }
});

test("S10: clients that the setting names, by the beginning of their User-Agent, are offered MD5 alone, as the known ones are", () => {
  const { server } = setup({ md5UserAgents: ["Polycom", "Grandstream HT", ""] });
  for (const [agent, lines] of [
    ["PolycomSoundPointIP-SPIP_335-UA/3.2.7", 1],
    ["grandstream ht802 1.0.17.5", 1],
    ["baresip v1.0.0 (x86_64/linux)", 1],
    ["Grandstream GXP1625", 2],
    ["", 2],
  ] as const) {
    const from = request("REGISTER", "sip:pbx.example", [["User-Agent", agent]]);
    assert.equal(server.challenge(407, from, { address: PHONE, stale: false }).length, lines, agent);
  }
});

for (const algorithm of ["MD5", "SHA-256"] as const) {
  for (const qop of [true, false]) {
    test(`the right password is taken: ${algorithm}, ${qop ? "qop=auth" : "without qop"}`, () => {
      const { nonce, send } = setup();
      assert.deepEqual(send(authorization(nonce(), { algorithm, qop })), { kind: "ok", username: "215" });
    });
  }
}

test("B5: a replayed Authorization is taken 0 of 1,000 times, on other methods, URIs and Call-IDs too", () => {
  const { nonce, send } = setup();
  for (const qop of [true, false]) {
    const value = authorization(nonce(), { qop });
    assert.equal(send(value, { callId: "first" }).kind, "ok");
    let taken = 0;
    for (let i = 0; i < 1_000; i += 1) {
      const verdict = send(value, {
        callId: `c${i}`,
        method: ["REGISTER", "INVITE", "BYE", "REFER"][i % 4] as string,
        uri: ["sip:pbx.example", "sip:pbx.example;x=y", "sip:+31201234567@pbx.example"][i % 3] as string,
      });
      if (verdict.kind === "ok") taken += 1;
    }
    assert.equal(taken, 0);
  }
});

test("B5: an Authorization that was caught on its way, never used here, is of no use elsewhere", () => {
  const { nonce, send } = setup();
  const value = authorization(nonce());
  assert.equal(send(value, { method: "INVITE" }).kind, "refused");
  assert.equal(send(value, { uri: "sip:+31201234567@pbx.example" }).kind, "refused");
  assert.deepEqual(send(value, {}, "198.51.100.7"), {
    kind: "challenge",
    stale: true,
    reason: "staleNonce",
    username: "215",
  });
});

test("counts may come out of order within 64, each once; below that none", () => {
  const { nonce, send } = setup();
  const value = nonce();
  const tryCount = (nc: number): boolean => send(authorization(value, { nc })).kind === "ok";
  assert.deepEqual([1, 3, 2, 2, 3, 1].map(tryCount), [true, true, true, false, false, false]);
  assert.deepEqual([40, 39, 8, 4, 40].map(tryCount), [true, true, true, true, false]);
  assert.deepEqual([72, 40, 9, 10, 8, 41].map(tryCount), [true, false, true, true, false, true]);
  assert.deepEqual([5000, 4999, 4937, 4936, 72, 4999].map(tryCount), [true, true, true, false, false, false]);
});

test("each count is taken once, in whatever order they come", () => {
  const random = seededIds(7);
  const { nonce, send } = setup();
  const value = nonce();
  const taken = new Set<number>();
  for (let i = 0; i < 3_000; i += 1) {
    const nc = 1 + Math.floor(i / 4) + random.integer(40);
    if (send(authorization(value, { nc })).kind !== "ok") continue;
    assert.ok(!taken.has(nc), `nc ${nc} was taken twice`);
    taken.add(nc);
  }
  assert.ok(taken.size > 600);
});

test("a nonce used without a count is spent for counted use too, and the other way round", () => {
  const { nonce, send } = setup();
  const first = nonce();
  assert.equal(send(authorization(first, { qop: false })).kind, "ok");
  assert.equal(send(authorization(first, { nc: 1 })).kind, "challenge");
  const second = nonce();
  assert.equal(send(authorization(second, { nc: 1 })).kind, "ok");
  assert.equal(send(authorization(second, { qop: false })).kind, "challenge");
});

test("a nonce is taken for 60 s, then the phone is told that it is stale", () => {
  const { clock, nonce, send } = setup();
  const value = nonce();
  clock.advance(59_999);
  assert.equal(send(authorization(value, { nc: 1 })).kind, "ok");
  clock.advance(1);
  assert.deepEqual(send(authorization(value, { nc: 2 })), {
    kind: "challenge",
    stale: true,
    reason: "staleNonce",
    username: "215",
  });
});

test("a forged or foreign nonce is stale, and its password is never looked at", () => {
  const { nonce, send, lookups } = setup();
  const other = setup({ ids: seededIds(99) }).nonce();
  const good = nonce();
  const flipped = good.slice(0, -1) + (good.endsWith("0") ? "1" : "0");
  const later = `0000ffffffff${good.slice(12)}`;
  for (const value of ["", "x", other, flipped, later, good.toUpperCase(), `${good} `]) {
    const verdict = send(authorization(value));
    assert.equal(verdict.kind, "challenge", value);
    assert.equal(verdict.reason, "staleNonce");
  }
  assert.deepEqual(lookups, []);
});

test("B2: known and unknown users go the same way to the same answer", () => {
  const { nonce, send, lookups } = setup();
  const known = send(authorization(nonce(), { password: "wrong" }));
  const unknown = send(authorization(nonce(), { username: "999", password: "wrong" }));
  assert.deepEqual(
    { ...known, username: "", accountKnown: true },
    { ...unknown, username: "", accountKnown: true },
  );
  assert.deepEqual(lookups, ["215", "999"]);
});

test("credentials that are not for us are no credentials, those that cannot be read are refused", () => {
  const { server, nonce, send, lookupHa1 } = setup();
  assert.equal(reasonOf(send(authorization(nonce(), { realm: "other.example" }))), "missing");
  assert.equal(reasonOf(send("NoOneKnowsThisScheme opaque-data=here")), "missing");
  assert.equal(
    reasonOf(send(authorization(nonce()).replace("algorithm=SHA-256", "algorithm=SHA-256-sess"))),
    "missing",
  );
  assert.equal(reasonOf(send('Digest username="')), "malformed");
  const both = request("REGISTER", "sip:pbx.example", [
    ["Authorization", 'Digest username="'],
    ["Authorization", authorization(nonce(), { realm: "other.example" })],
    ["Authorization", authorization(nonce())],
  ]);
  assert.equal(server.check(both, { status: 401, address: PHONE, lookupHa1 }).kind, "ok");
  assert.equal(server.check(both, { status: 407, address: PHONE, lookupHa1 }).kind, "challenge");
});

test("credentials that only name the user are no credentials yet: they get a challenge (3GPP TS 24.229 §5.1.1.2.2)", () => {
  const { send } = setup();
  const named = 'Digest username="215", realm="pbx.example", uri="sip:pbx.example"';
  for (const rest of ['nonce="", response=""', 'nonce="n", response=""']) {
    const verdict = send(`${named}, ${rest}`);
    assert.deepEqual([verdict.kind, reasonOf(verdict)], ["challenge", "missing"]);
  }
});

test("the digest-uri may differ in parameters that a proxy adds, not in its target", () => {
  const { nonce, send } = setup();
  const tryUri = (uri: string, digestUri: string): string =>
    send(authorization(nonce(), { digestUri }), { uri }).kind;
  assert.equal(tryUri("sip:pbx.example;transport=udp", "sip:PBX.example"), "ok");
  // Some phones leave out the port in one of the two.
  assert.equal(tryUri("sip:pbx.example", "sip:pbx.example:5060"), "ok");
  assert.equal(tryUri("sip:pbx.example:5070", "sip:pbx.example"), "ok");
  assert.equal(tryUri("sip:pbx.example:5070;transport=tcp", "sip:pbx.example;lr"), "ok");
  assert.equal(tryUri("sip:pbx.example:5070", "sip:pbx.example:5060"), "refused");
  assert.equal(tryUri("sip:216@pbx.example", "sip:217@pbx.example"), "refused");
  assert.equal(tryUri("sip:pbx.example", "sips:pbx.example"), "refused");
  assert.equal(tryUri("sip:pbx.example", "tel:+31201234567"), "refused");
  assert.equal(tryUri("sip:pbx.example", "<"), "refused");
});

test("S12: 216@realm is 216, and hashes its name as it sends it; another domain is none of ours", () => {
  const { server, nonce, lookups, lookupHa1 } = setup();
  const asked: string[] = [];
  const check = (username: string) => {
    const value = request("REGISTER", "sip:pbx.example", [
      ["Authorization", authorization(nonce(), { username })],
    ]);
    const mayEvaluate = (name: string) => asked.push(name) > 0;
    return server.check(value, { status: 401, address: PHONE, lookupHa1, mayEvaluate });
  };
  assert.deepEqual(check("216@pbx.example"), {
    kind: "refused",
    reason: "wrongCredentials",
    username: "216",
    accountKnown: false,
  });
  check("216@elsewhere.example");
  check("@pbx.example");
  assert.deepEqual(asked, ["216", "216@elsewhere.example", ""]);
  assert.deepEqual(lookups, ["216@pbx.example", "216@elsewhere.example", "@pbx.example"]);
});

test("the guard is asked before a password is looked at", () => {
  const { server, nonce, lookups, lookupHa1 } = setup();
  const value = request("REGISTER", "sip:pbx.example", [["Authorization", authorization(nonce())]]);
  const verdict = server.check(value, {
    status: 401,
    address: PHONE,
    lookupHa1,
    mayEvaluate: (name) => name !== "215",
  });
  assert.deepEqual(verdict, { kind: "refused", reason: "blocked", username: "215" });
  assert.deepEqual(lookups, []);
});

test("used nonces are forgotten when they expire; a full table makes old nonces expire instead of replayable", () => {
  const { clock, server, nonce, send } = setup({ nonceTableSize: 10 });
  const values: string[] = [];
  for (let i = 0; i < 50; i += 1) {
    const value = authorization(nonce());
    assert.equal(send(value).kind, "ok");
    values.push(value);
    clock.advance(1);
  }
  assert.equal(server.remembered, 10);
  for (const value of values) assert.equal(send(value).kind, "challenge");
  clock.advance(60_000);
  assert.equal(send(authorization(nonce())).kind, "ok");
  assert.equal(server.remembered, 1);
});
