import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../../test/fakes/virtual-clock.ts";
import type { SipResponse } from "../../message/message.ts";
import { parseMessage } from "../../message/parser.ts";
import { serialize } from "../../message/serializer.ts";
import type { ServerTransaction } from "../../transaction/user.ts";
import type { Flow } from "../../transport/transport.ts";
import { createAuthenticator } from "../auth/authenticator.ts";
import { createCredentialsGuard } from "../auth/credentials-guard.ts";
import { computeHa1, computeResponse, parseChallenges } from "../auth/digest.ts";
import { createDigestServer } from "../auth/digest-server.ts";
import { requestUriOf } from "./binding.ts";
import { createLocation } from "./location.ts";
import { createRegistrar, type RegisterOutcome } from "./registrar.ts";

const REALM = "pbx.example";
const PASSWORDS = new Map([
  ["215", "secret"],
  ["216", "other"],
]);

interface Register {
  readonly user?: string;
  readonly password?: string;
  readonly to?: string;
  readonly uri?: string;
  readonly headers?: readonly string[];
  readonly callId?: string;
  readonly address?: string;
}

function setup() {
  const clock = new VirtualClock();
  const ids = seededIds();
  const outcomes: RegisterOutcome[] = [];
  const proved: string[] = [];
  const location = createLocation({ clock, flowTo: () => undefined });
  const lookups: string[] = [];
  const authenticator = createAuthenticator({
    digest: createDigestServer({ realm: REALM, clock, ids }),
    guard: createCredentialsGuard({ clock }),
    lookupHa1: (username, algorithm) => {
      lookups.push(username);
      const password = PASSWORDS.get(username);
      return password === undefined ? undefined : computeHa1(algorithm, username, REALM, password);
    },
    onProvedReturnPath: (address) => proved.push(address),
  });
  const registrar = createRegistrar({
    authenticator,
    location,
    clock,
    ids,
    isOurDomain: (host) => host === REALM || host === "192.0.2.1",
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  let cseq = 0;

  const hand = (options: Register, authorization?: string): SipResponse[] => {
    const { to = "sip:215@pbx.example", uri = "sip:pbx.example", address = "198.51.100.7" } = options;
    cseq += 1;
    const lines = [
      `REGISTER ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address};branch=z9hG4bK${cseq}`,
      `From: <${to}>;tag=f`,
      `To: <${to}>`,
      `Call-ID: ${options.callId ?? "c1"}`,
      `CSeq: ${cseq} REGISTER`,
      "Max-Forwards: 70",
      ...(options.headers ?? []),
      ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
      "Content-Length: 0",
    ];
    const parsed = parseMessage(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`));
    assert.ok(parsed.ok && parsed.message.kind === "request");
    const flow: Flow = {
      transport: "udp",
      reliable: false,
      local: { host: "192.0.2.1", port: 5060 },
      remote: { host: address, port: 5060 },
      sentBy: "192.0.2.1:5060",
      open: true,
    };
    const responses: SipResponse[] = [];
    const transaction: ServerTransaction = {
      key: "1",
      request: parsed.message,
      flow,
      answered: false,
      answerBy: () => {},
      respond: (response) => responses.push(response),
      dismiss: (response) => responses.push(response),
    };
    registrar.handleRegister(transaction);
    return responses;
  };

  const send = (options: Register, authorization?: string): SipResponse => {
    const responses = hand(options, authorization);
    // A request that waits for its turn is answered within a second.
    if (responses.length === 0) clock.advance(1_000);
    assert.equal(responses.length, 1);
    return responses[0] as SipResponse;
  };

  /** Like a phone: without credentials first, then with an answer to the challenge. */
  const register = (options: Register = {}): SipResponse => {
    const first = send(options);
    if (first.status !== 401) return first;
    return send(options, answer(first, options));
  };
  /** The same without waiting for the end. */
  const open = (options: Register) => {
    const responses = hand(options, answer(send(options), options));
    return {
      get statuses() {
        return responses.map(({ status }) => status);
      },
    };
  };
  const close = () => registrar.close();
  const registered = () => location.lookup("215").map(requestUriOf);
  return { clock, location, outcomes, proved, lookups, send, register, open, close, registered };
}

function answer(
  challenged: SipResponse,
  { user = "215", password = "secret", uri = "sip:pbx.example" }: Register,
): string {
  const [challenge] = parseChallenges(challenged.headers.get("www-authenticate") ?? "");
  assert.ok(challenge?.ok);
  const { nonce, algorithm } = challenge.value;
  const qop = { cnonce: "c", nc: 1, ncText: "00000001" };
  const response = computeResponse(computeHa1(algorithm, user, REALM, password), "REGISTER", {
    algorithm,
    nonce,
    uri,
    qop,
  });
  return `Digest username="${user}", realm="${REALM}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}, qop=auth, cnonce="c", nc=00000001`;
}

test("a phone registers: 401, then 200 with its contacts, Date and Path", () => {
  const { clock, register, registered, outcomes, proved } = setup();
  const response = register({
    headers: [
      "Contact: <sip:215@10.0.0.5:5060>;q=0.5",
      "Path: <sip:edge1;lr>, <sip:edge2;lr>",
      "Expires: 600",
    ],
  });
  assert.equal(response.status, 200);
  assert.deepEqual(response.headers.all("contact"), ["<sip:215@10.0.0.5:5060>;q=0.5;expires=600"]);
  assert.deepEqual(response.headers.all("path"), ["<sip:edge1;lr>", "<sip:edge2;lr>"]);
  assert.equal(response.headers.get("date"), "Thu, 01 Jan 2026 00:00:00 GMT");
  assert.deepEqual(registered(), ["sip:215@10.0.0.5:5060"]);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.kind),
    ["refused", "registered"],
  );
  assert.deepEqual(proved, ["198.51.100.7"]);
  clock.advance(100_500);
  assert.deepEqual(register().headers.all("contact"), ["<sip:215@10.0.0.5:5060>;q=0.5;expires=500"]);
});

const contacts: readonly (readonly [what: string, sent: string, shown: string, called: string])[] = [
  [
    "RFC 4475 §3.3.12: a header parameter stays one",
    "sip:+1972@gw1.example.net;unknownparam",
    "<sip:+1972@gw1.example.net>;unknownparam",
    "sip:+1972@gw1.example.net",
  ],
  [
    "RFC 4475 §3.3.13: a URI parameter stays one",
    "<sip:+1972@gw1.example.net;unknownparam>",
    "<sip:+1972@gw1.example.net;unknownparam>",
    "sip:+1972@gw1.example.net;unknownparam",
  ],
  [
    "RFC 4475 §3.3.14: headers are kept and never used",
    "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>",
    "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>",
    "sip:user@example.com",
  ],
  [
    "compact form, display name, IPv6",
    '"A" <sip:[2001:db8::1]:5062;transport=tcp>',
    "<sip:[2001:db8::1]:5062;transport=tcp>",
    "sip:[2001:db8::1]:5062;transport=tcp",
  ],
  [
    "a method parameter has no place in a Request-URI",
    "<sip:a@x;method=BYE>",
    "<sip:a@x;method=BYE>",
    "sip:a@x",
  ],
];

for (const [what, sent, shown, called] of contacts) {
  test(`contact: ${what}`, () => {
    const { register, registered } = setup();
    const response = register({ headers: [`m: ${sent}`] });
    assert.deepEqual(response.headers.all("contact"), [`${shown};expires=3600`]);
    assert.deepEqual(registered(), [called]);
  });
}

// What no Contact grammar allows (RFC 4475 §3.1.2.13, `*` beside others) the parser refuses before.
const refusals: readonly (readonly [what: string, options: Register, status: number])[] = [
  ["AOR that is no SIP URI (RFC 4475 §3.3.4)", { to: "isbn:2983792873" }, 400],
  ["Request-URI tel", { uri: "tel:+31201234567" }, 400],
  ["Contact that is no SIP URI", { headers: ["Contact: <name:John_Smith>"] }, 400],
  ["* without Expires", { headers: ["Contact: *"] }, 400],
  ["* with Expires 60", { headers: ["Contact: *", "Expires: 60"] }, 400],
  ["* with Expires that is no number", { headers: ["Contact: *", "Expires: zero"] }, 400],
  ["a huge contact", { headers: [`Contact: <sip:a@x;p=${"y".repeat(4_096)}>`] }, 400],
  [
    "21 Path values",
    {
      headers: [
        `Path: ${Array.from({ length: 21 }, (_, i) => `<sip:${i}>`).join(",")}`,
        "Contact: <sip:a@x>",
      ],
    },
    400,
  ],
  ["another extension that exists", { to: "sip:216@pbx.example" }, 403],
  ["another extension that does not exist", { to: "sip:999@pbx.example" }, 403],
  ["no extension", { to: "sip:pbx.example" }, 403],
  ["RFC 4475 §3.1.1.4: a name that goes on after a NUL", { to: "sip:215%00@pbx.example" }, 403],
  ["a foreign domain in To", { to: "sip:215@example.net" }, 404],
  ["a foreign domain in the Request-URI", { uri: "sip:example.net" }, 404],
  ["59 seconds", { headers: ["Contact: <sip:a@x>;expires=59"] }, 423],
  ["59 seconds for one of two", { headers: ["Contact: <sip:a@x>, <sip:b@x>;expires=59"] }, 423],
  ["11 contacts", { headers: Array.from({ length: 11 }, (_, i) => `Contact: <sip:${i}@x>`) }, 403],
];

for (const [what, options, status] of refusals) {
  test(`refused as a whole: ${what}`, () => {
    const { register, registered, location } = setup();
    const response = register(options);
    assert.equal(response.status, status);
    assert.equal(response.headers.get("min-expires"), status === 423 ? "60" : undefined);
    assert.deepEqual(registered(), []);
    assert.equal(location.size, 0);
  });
}

const durations: readonly (readonly [what: string, headers: readonly string[], shown: string])[] = [
  ["none asked", ["Contact: <sip:a@x>"], "3600"],
  ["the header", ["Contact: <sip:a@x>", "Expires: 60"], "60"],
  ["the parameter before the header", ["Contact: <sip:a@x>;expires=120", "Expires: 60"], "120"],
  ["too long is cut", ["Contact: <sip:a@x>;expires=4294967295"], "3600"],
  ["far out of range is cut", ["Contact: <sip:a@x>", "Expires: 10000000000000000000000"], "3600"],
  ["quoted, it is a number", ['Contact: <sip:a@x>;expires="120"'], "120"],
  ["quoted with blanks, in the header", ["Contact: <sip:a@x>", 'Expires: " 120 "'], "120"],
  ["quoted nonsense counts as the default", ['Contact: <sip:a@x>;expires="soon"'], "3600"],
  ["not a number counts as the default", ["Contact: <sip:a@x>;expires=soon"], "3600"],
];

for (const [what, headers, shown] of durations) {
  test(`how long: ${what}`, () => {
    const { register } = setup();
    assert.deepEqual(register({ headers }).headers.all("contact"), [`<sip:a@x>;expires=${shown}`]);
  });
}

test("Expires 0 removes one contact, * removes all", () => {
  const { register, registered } = setup();
  register({ headers: ["Contact: <sip:a@x>, <sip:b@x>, <sip:c@x>"] });
  register({ headers: ["Contact: <sip:a@x>;expires=0"] });
  assert.deepEqual(registered(), ["sip:b@x", "sip:c@x"]);
  const response = register({ headers: ["Contact: *", "Expires: 0"] });
  assert.deepEqual([response.status, response.headers.count("contact")], [200, 0]);
  assert.deepEqual(registered(), []);
});

test("B2: existing and missing users get the same answer, octet for octet in length, header for header", () => {
  const shape = (response: SipResponse) => ({
    status: response.status,
    reason: response.reason,
    names: [...response.headers.entries()].map(([name]) => name),
    size: serialize(response).length,
  });
  for (const tries of [1, 5, 6, 20]) {
    const known = setup();
    const unknown = setup();
    for (let i = 0; i < tries; i += 1) {
      const a = { user: "215", to: "sip:215@pbx.example", password: "wrong" };
      const b = { user: "999", to: "sip:999@pbx.example", password: "wrong" };
      assert.deepEqual(shape(known.send(a)), shape(unknown.send(b)));
      assert.deepEqual(shape(known.register(a)), shape(unknown.register(b)));
    }
    // The same work as well: a look-up and a hash each.
    assert.equal(known.lookups.length, unknown.lookups.length);
  }
});

test("X3: wrong passwords: challenged again, then 503 with Retry-After and not looked at; the record says what is wrong", () => {
  const { register, outcomes, lookups } = setup();
  const answers = Array.from({ length: 20 }, () => register({ password: "wrong" }));
  const statuses = answers.map(({ status }) => status);
  assert.deepEqual(statuses.slice(0, 5), [401, 401, 401, 401, 401]);
  assert.equal(statuses.at(-1), 503);
  assert.match(answers.at(-1)?.headers.get("retry-after") ?? "", /^[1-6]?\d$/);
  assert.equal(lookups.length, statuses.filter((status) => status === 401).length);
  const refused = outcomes.filter((outcome) => outcome.kind === "refused" && outcome.cause !== "missing");
  const [first] = refused;
  const last = refused.at(-1);
  assert.match(first?.kind === "refused" ? first.why.text : "", /password for "215" is wrong/);
  assert.match(
    last?.kind === "refused" ? last.why.text : "",
    /Too many wrong passwords came from 198\.51\.100\.7/,
  );
  const there = { address: "203.0.113.9", headers: ["Contact: <sip:a@x>"], callId: "c2" };
  assert.equal(register(there).status, 200);
});

test("X3: 10,000 guesses through the registrar: at most 40 looked at, and the true user registers all the while", () => {
  const { clock, register, lookups } = setup();
  let guessed = 0;
  let rights = 0;
  for (let i = 0; i < 10_000; i += 1) {
    if (register({ password: `guess ${i}` }).status === 200) guessed += 1;
    clock.advance(6);
    if (i % 1_000 !== 0) continue;
    rights += 1;
    const there = { address: "203.0.113.9", headers: ["Contact: <sip:a@x>"], callId: "c2" };
    assert.equal(register(there).status, 200);
  }
  assert.equal(guessed, 0);
  assert.ok(lookups.length - rights <= 40, `${lookups.length - rights} were looked at`);
});

test("X3: a phone that is new here waits, without an answer, until the guessers have shown themselves, at most a second", () => {
  const { clock, open, register } = setup();
  // Ten guessers at once: their first tries look as a new phone's does.
  for (let i = 0; i < 10; i += 1) {
    for (let n = 0; n < 10; n += 1) open({ address: `198.51.100.${i}`, password: "wrong", callId: `g${i}` });
  }
  const user = open({ address: "203.0.113.9", callId: "new", headers: ["Contact: <sip:a@x>"] });
  assert.deepEqual(user.statuses, []);
  clock.advance(1_000);
  assert.deepEqual(user.statuses, [200]);
  assert.equal(clock.pending, 1, "nothing waits but the contact's end");
  assert.equal(
    register({ address: "203.0.113.9", callId: "new", headers: ["Contact: <sip:a@x>"] }).status,
    200,
  );
});

test("X3: of one flow one request waits, of all together 256; closing forgets them", () => {
  const { clock, open, close } = setup();
  for (let i = 0; i < 1_000; i += 1) {
    const address = `198.51.${i >> 8}.${i & 255}`;
    for (let n = 0; n < 2; n += 1) open({ address, password: "wrong", callId: `g${i}` });
  }
  assert.ok(clock.pending > 0 && clock.pending <= 256, `${clock.pending} wait`);
  close();
  assert.equal(clock.pending, 0);
});

test("B3: guesses from forged UDP sources are never looked at, so nobody can have another refused", () => {
  const { send, register, lookups, proved } = setup();
  const own = send({ address: "203.0.113.66" });
  for (let i = 0; i < 100; i += 1) {
    const guess = answer(own, { password: `guess ${i}` });
    assert.equal(send({ address: "198.51.100.7" }, guess).status, 401);
  }
  assert.deepEqual([lookups, proved], [[], []]);
  assert.equal(register({ address: "198.51.100.7", headers: ["Contact: <sip:a@x>"] }).status, 200);
});

test("an Authorization that cannot be read is answered 400, one of another scheme is challenged", () => {
  const { send } = setup();
  assert.equal(send({}, 'Digest username="215').status, 400);
  assert.equal(send({}, "NoOneKnowsThisScheme opaque-data=here").status, 401);
});

test("an overtaken REGISTER fails and changes nothing (RFC 3261 §10.3 item 7)", () => {
  const { register, location } = setup();
  register({ headers: ["Contact: <sip:a@x>"] });
  const [binding] = location.lookup("215");
  assert.ok(binding !== undefined);
  location.update("215", {
    contacts: [{ uri: binding.uri, params: binding.params, q: 1, expiresSeconds: 600 }],
    callId: "c1",
    cseq: 1_000,
    path: [],
    userAgent: undefined,
    flow: binding.flow as Flow,
  });
  assert.equal(register({ headers: ["Contact: <sip:a@x>;expires=0, <sip:new@x>"] }).status, 500);
  assert.equal(location.size, 1);
});
