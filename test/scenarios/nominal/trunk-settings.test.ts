import assert from "node:assert/strict";
import { test } from "node:test";
import { buildResponse } from "../../../src/sip/message/build.ts";
import type { SipRequest } from "../../../src/sip/message/message.ts";
import type { ServerTransaction } from "../../../src/sip/transaction/user.ts";
import type { Agent } from "../agent.ts";
import { BOARD, CALLER, NUMBER, Scenario } from "../harness.ts";

const PROVIDER = "10.0.0.20";
const PROXY = "10.0.0.21";
const DOMAIN = "sip.provider.example";
const OUTSIDE = "+31201234567";
const ACCOUNT = "31501234567";

/** A registered trunk that calls also leave by; `settings` in YAML flow style. */
async function withProvider(
  settings: string,
  plan?: string,
): Promise<{ s: Scenario; provider: Agent; proxy: Agent }> {
  const s = await Scenario.start({
    provider: `name: provider, kind: registration, hosts: ["sip:${PROVIDER}"], numberFormat: e164, credentials: { username: "${ACCOUNT}-a", password: provider-secret }, ${settings}`,
    ...(plan === undefined ? {} : { plan }),
  });
  s.snapshot = { ...s.snapshot, outboundTrunk: "provider" };
  return { s, provider: s.trunk("provider", PROVIDER), proxy: s.trunk("proxy", PROXY) };
}

const registers = (at: Agent): SipRequest[] => at.others.filter(({ method }) => method === "REGISTER");

/** The next REGISTER, which an Agent answers with 200. */
async function register(s: Scenario, at: Agent): Promise<{ request: SipRequest; contact: string }> {
  await s.until(() => registers(at).length > 0, 1_200_000);
  const request = registers(at).at(-1) as SipRequest;
  const contact = /<sip:([^@]*)@/.exec(request.headers.get("contact") ?? "")?.[1] ?? "";
  return { request, contact };
}

/** Phone 215 dials out; the INVITE as the far end gets it. */
async function dialOut(s: Scenario, at: Agent): Promise<SipRequest> {
  at.onCall = (call) => call.answer();
  const call = s.at("215").invite(OUTSIDE);
  await s.until(() => call.last === 200);
  const invite = at.call.invite;
  call.bye();
  await s.until(() => s.records.length === 1);
  return invite;
}

const noTag = (value: string | undefined): string => (value ?? "").replace(/;tag=.*$/, "");

test("S5: account, credentials apart; From is the account at the provider's domain, Contact the registered one", async () => {
  const { s, provider } = await withProvider(`account: "${ACCOUNT}"`);
  const { request, contact } = await register(s, provider);
  assert.equal(request.headers.get("to"), `<sip:${ACCOUNT}@${PROVIDER}>`);
  assert.equal(request.uri, `sip:${PROVIDER}`);
  const invite = await dialOut(s, provider);
  assert.equal(invite.uri, `sip:31201234567@${PROVIDER}`);
  assert.equal(noTag(invite.headers.get("from")), `"Reception" <sip:${ACCOUNT}@${PROVIDER}>`);
  assert.equal(invite.headers.get("contact"), `<sip:${contact}@${BOARD}:5060>`);
  assert.equal(invite.headers.get("route"), undefined);
});

test("S5: the digest is computed with the user name of the credentials, From stays the account", async () => {
  const { s, provider } = await withProvider(`account: "${ACCOUNT}"`);
  await register(s, provider);
  const challenge = 'Digest realm="p", nonce="n1", algorithm=MD5, qop="auth"';
  provider.onCall = (call) =>
    call.invite.headers.has("authorization")
      ? call.answer()
      : call.respond(401, { headers: [["WWW-Authenticate", challenge]] });
  const call = s.at("215").invite(OUTSIDE);
  await s.until(() => call.last === 200);
  assert.match(
    provider.call.invite.headers.get("authorization") ?? "",
    new RegExp(`username="${ACCOUNT}-a"`),
  );
  assert.match(provider.call.invite.headers.get("from") ?? "", new RegExp(`<sip:${ACCOUNT}@`));
  call.bye();
  await s.until(() => s.records.length === 1);
});

test("S5: fromUser, fromDomain, contactUser and userPhone, also on a refresh inside the dialog", async () => {
  const { s, provider } = await withProvider(
    `fromUser: "31507654321", fromDomain: ${DOMAIN}, contactUser: "me too", userPhone: true`.replace(
      " too",
      "-too",
    ),
  );
  await register(s, provider);
  const invite = await dialOut(s, provider);
  assert.equal(noTag(invite.headers.get("from")), `"Reception" <sip:31507654321@${DOMAIN};user=phone>`);
  assert.equal(invite.headers.get("contact"), `<sip:me-too@${BOARD}:5060>`);
  assert.equal(invite.uri, `sip:31201234567@${PROVIDER};user=phone`);
  assert.equal(invite.headers.get("to"), `<sip:31201234567@${PROVIDER};user=phone>`);
});

test("S5: pPreferredIdentity: From is the account, the caller stands in the header", async () => {
  const { s, provider } = await withProvider(`account: "${ACCOUNT}", callerIdProfile: pPreferredIdentity`);
  await register(s, provider);
  const invite = await dialOut(s, provider);
  assert.equal(noTag(invite.headers.get("from")), `<sip:${ACCOUNT}@${PROVIDER}>`);
  assert.equal(invite.headers.get("p-preferred-identity"), `"Reception" <sip:31501234567@${PROVIDER}>`);
  assert.equal(invite.headers.get("p-asserted-identity"), undefined);
});

test("S5: an outside caller who is sent on is named in From where no other place is set, at the provider's domain", async () => {
  const { s, provider } = await withProvider(
    `account: "${ACCOUNT}"`,
    `- { type: fixedDestination, number: "${OUTSIDE}", ringSeconds: 20 }`,
  );
  await register(s, provider);
  provider.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  assert.equal(noTag(provider.call.invite.headers.get("from")), `<sip:31612345678@${PROVIDER}>`);
  call.bye();
  await s.until(() => s.records.length === 1);
});

test("N5: From towards a trunk that registers is at the provider's domain, or at the account's own, and never at our realm", async () => {
  for (const [account, domain] of [
    ["callerIdProfile: from", PROVIDER],
    ['account: "me@voip.example"', "voip.example"],
    ["fromDomain: home.example", "home.example"],
  ] as const) {
    const { s, provider } = await withProvider(account);
    await register(s, provider);
    assert.match(noTag((await dialOut(s, provider)).headers.get("from")), new RegExp(`@${domain}>$`));
  }
});

test("S5: outboundProxy: REGISTER and INVITE, its ACK and BYE go there; the Request-URI stays the domain", async () => {
  const { s, provider, proxy } = await withProvider(`outboundProxy: "sip:${PROXY}:5060"`);
  const { request } = await register(s, proxy);
  assert.equal(request.uri, `sip:${PROVIDER}`);
  assert.equal(request.headers.get("route"), `<sip:${PROXY}:5060;lr>`);
  const invite = await dialOut(s, proxy);
  assert.equal(invite.uri, `sip:31201234567@${PROVIDER}`);
  assert.deepEqual(invite.headers.list("route"), [`<sip:${PROXY}:5060;lr>`]);
  assert.equal(proxy.call.acks.length, 1);
  assert.equal(provider.others.length + provider.calls.length, 0);
});

test("S5: a call that the proxy cancels or refuses: CANCEL and the ACK take the proxy too", async () => {
  const { s, provider, proxy } = await withProvider(`outboundProxy: "sip:${PROXY}"`);
  await register(s, proxy);
  proxy.onCall = (call) => call.respond(180);
  const call = s.at("215").invite(OUTSIDE);
  await s.until(() => call.last === 180);
  call.cancel();
  await s.until(() => proxy.call.cancelRequest !== undefined);
  assert.deepEqual(proxy.call.cancelRequest?.headers.list("route"), [`<sip:${PROXY};lr>`]);
  await s.until(() => s.records.length === 1);
  assert.equal(provider.calls.length, 0);
});

/** From now on the agent answers REGISTER with these headers, its Contact included. */
function grant(at: Agent, headers: readonly (readonly [string, string])[]): void {
  const answer = (transaction: ServerTransaction): boolean => {
    const { request } = transaction;
    if (request.method !== "REGISTER") return false;
    at.others.push(request);
    const contact = `${request.headers.get("contact")};expires=60`;
    const response = buildResponse(request, 200, undefined, {
      toTag: "r",
      headers: [["Contact", contact], ...headers],
    });
    transaction.respond(response);
    return true;
  };
  at.transactions.use({
    onRequest: (transaction) => void (answer(transaction) || at.onRequest(transaction)),
    onAck: (ack) => at.onAck(ack),
    onCancel: (invite, cancel) => at.onCancel(invite, cancel),
    onStrayResponse: (response) => at.onStrayResponse(response),
    onServerFailure: () => at.onServerFailure(),
  });
}

test("S5: Service-Route is obeyed, behind the outbound proxy, which is not named twice", async () => {
  const { s, proxy } = await withProvider(`outboundProxy: "sip:${PROXY}"`);
  grant(proxy, [["Service-Route", `<sip:${PROXY}:5060;lr>, <sip:orig@core.provider.example;lr>`]]);
  await register(s, proxy);
  const invite = await dialOut(s, proxy);
  assert.deepEqual(invite.headers.list("route"), [
    `<sip:${PROXY};lr>`,
    "<sip:orig@core.provider.example;lr>",
  ]);
});

test("S5: a service route that names the proxy with a user says more than where: it stays", async () => {
  const { s, proxy } = await withProvider(`outboundProxy: "sip:${PROXY}"`);
  grant(proxy, [["Service-Route", `<sip:orig@${PROXY}:5060;lr>`]]);
  await register(s, proxy);
  const invite = await dialOut(s, proxy);
  assert.deepEqual(invite.headers.list("route"), [`<sip:${PROXY};lr>`, `<sip:orig@${PROXY}:5060;lr>`]);
});

test("S5: Service-Route without a proxy: the call goes to its first host; a new 200 without one ends it", async () => {
  const { s, provider } = await withProvider("userPhone: false");
  const edge = s.trunk("edge", "93.184.216.34");
  grant(provider, [
    ["Service-Route", "<sip:93.184.216.34;lr>"],
    ["Service-Route", "<sip:core.provider.example;lr>"],
  ]);
  await register(s, provider);
  const invite = await dialOut(s, edge);
  assert.equal(invite.uri, `sip:31201234567@${PROVIDER}`);
  assert.deepEqual(invite.headers.list("route"), [
    "<sip:93.184.216.34;lr>",
    "<sip:core.provider.example;lr>",
  ]);

  const before = registers(provider).length;
  grant(provider, []);
  await s.until(() => registers(provider).length > before);
  await s.run(1000);
  provider.onCall = (call) => call.answer();
  const call = s.at("215").invite(OUTSIDE);
  await s.until(() => call.last === 200);
  assert.equal(provider.call.invite.headers.get("route"), undefined);
  call.bye();
});

for (const route of [
  `<sip:${BOARD};lr>`,
  "<sip:10.99.0.7;lr>",
  "<sip:core.provider.example",
  "<tel:+31>",
  "nonsense",
]) {
  test(`S5: a service route never leads where a Contact of the trunk would not: ${route}`, async () => {
    const { s, provider } = await withProvider("userPhone: false");
    grant(provider, [["Service-Route", route]]);
    await register(s, provider);
    await dialOut(s, provider);
    assert.equal(
      s.network.log.filter(({ from, to }) => from.host === BOARD && to.host === "10.99.0.7").length,
      0,
    );
  });
}

test("S7: a rewritten Contact is refreshed in its time, and the 423's minimum is asked for from then on", async () => {
  const { s, provider } = await withProvider("userPhone: false");
  const asked: string[] = [];
  provider.transactions.use({
    onRequest: (transaction) => {
      const { request } = transaction;
      const expires = request.headers.get("expires") ?? "";
      if (request.method === "REGISTER") asked.push(expires);
      const enough = Number(expires) >= 900;
      transaction.respond(
        buildResponse(request, enough ? 200 : 423, undefined, {
          toTag: "r",
          headers: enough
            ? [["Contact", `<sip:${ACCOUNT}@${BOARD}>;expires="900"`]]
            : [["Min-Expires", "900"]],
        }),
      );
    },
    onAck() {},
    onCancel() {},
    onStrayResponse() {},
    onServerFailure() {},
  });
  await s.until(() => asked.length >= 4, 4_000_000);
  assert.deepEqual(asked, ["600", "900", "900", "900"]);
});

type Row = readonly [
  what: string,
  settings: string,
  invite: {
    readonly uri?: string;
    readonly to?: string;
    readonly headers?: readonly (readonly [string, string])[];
  },
  called: string | number,
];
const P = `<sip:${ACCOUNT}@${PROVIDER}>`;
const SECOND = "31501234568";
const ROWS: readonly Row[] = [
  ["auto, in To", "", { to: P }, NUMBER],
  ["auto, in To, as a tel URI", "calledNumberFrom: auto", { to: `<tel:${NUMBER}>` }, NUMBER],
  ["auto, in P-Called-Party-ID", "", { to: "<sip:group@x>", headers: [["P-Called-Party-ID", P]] }, NUMBER],
  [
    "auto, in Diversion",
    "",
    { to: "<sip:31880000000@x>", headers: [["Diversion", `${P};reason=no-answer`]] },
    NUMBER,
  ],
  [
    "auto, the second of two Diversions",
    "",
    { to: "<sip:x@x>", headers: [["Diversion", `<sip:31880000000@x>, ${P}`]] },
    NUMBER,
  ],
  [
    "auto, in the Request-URI though To is another",
    "",
    { uri: `sip:${ACCOUNT}@${BOARD}`, to: `<sip:31880000000@x>` },
    NUMBER,
  ],
  ["auto, nowhere", "", { to: "<sip:31880000000@x>" }, 404],
  [
    "to, though the Request-URI is ours",
    "calledNumberFrom: to",
    { uri: `sip:${ACCOUNT}@${BOARD}`, to: `<sip:31880000000@x>` },
    404,
  ],
  [
    "requestUri only",
    "calledNumberFrom: requestUri",
    { uri: `sip:${ACCOUNT}@${BOARD}`, to: "<sip:x@x>" },
    NUMBER,
  ],
  [
    "pCalledPartyId first",
    "calledNumberFrom: pCalledPartyId",
    { to: `<sip:${SECOND}@x>`, headers: [["P-Called-Party-ID", P]] },
    NUMBER,
  ],
  ["pCalledPartyId, which is not there", "calledNumberFrom: pCalledPartyId", { to: P }, 404],
  [
    "diversion first",
    "calledNumberFrom: diversion",
    { to: `<sip:${SECOND}@x>`, headers: [["Diversion", P]] },
    NUMBER,
  ],
  [
    "a header of the provider's own, a bare number",
    'calledNumberFrom: "header X-Called"',
    { to: "<sip:x@x>", headers: [["X-Called", "+31 50 123 4567"]] },
    NUMBER,
  ],
  [
    "a header of the provider's own, a URI",
    'calledNumberFrom: "header x-called"',
    { to: "<sip:x@x>", headers: [["X-Called", `sip:${ACCOUNT}@x;a=b`]] },
    NUMBER,
  ],
  [
    "a header of the provider's own, nonsense",
    'calledNumberFrom: "header X-Called"',
    { to: P, headers: [["X-Called", "<<>"]] },
    404,
  ],
  ["a plan for all, whoever is called", "plan: main", { to: "<sip:31880000000@x>" }, "+31880000000"],
  ["a plan for all, a home router's To", "plan: main", { to: "<sip:620@router>" }, "620"],
  ["a plan for all, a number of ours", "plan: main", { to: P }, NUMBER],
  [
    "a plan for all, nothing named at all",
    'plan: main, calledNumberFrom: "header X-Called"',
    { to: "<sip:router>" },
    "",
  ],
];
for (const [what, settings, { uri, to, headers }, called] of ROWS) {
  test(`S5: where the called number stands: ${what}`, async () => {
    const { s, provider } = await withProvider(settings === "" ? "userPhone: false" : settings);
    const { contact } = await register(s, provider);
    s.at("215").onCall = (call) => call.answer();
    const call = provider.invite(uri ?? `sip:${contact}@${BOARD}`, {
      from: `<sip:31612345678@${PROVIDER}>`,
      ...(to === undefined ? {} : { to }),
      ...(headers === undefined ? {} : { headers }),
    });
    await s.until(() => call.last === (typeof called === "number" ? called : 200));
    if (typeof called === "string") {
      call.bye();
      await s.until(() => s.records.length === 1);
      assert.equal(s.record.called, called);
      assert.equal(s.record.caller, CALLER);
      assert.equal(s.record.plan, "main");
    } else {
      assert.match(s.record.reason ?? "", /number|called/);
    }
  });
}

test("S5: a call of a plan for all that leaves again names a number of ours, not the router's", async () => {
  const { s, provider } = await withProvider(
    `account: "${ACCOUNT}", plan: main`,
    `- { type: fixedDestination, number: "${OUTSIDE}", ringSeconds: 20 }`,
  );
  s.snapshot = { ...s.snapshot, outboundTrunk: "carrier" };
  const { contact } = await register(s, provider);
  s.carrier.onCall = (call) => call.answer();
  const call = provider.invite(`sip:${contact}@${BOARD}`, {
    to: "<sip:620@router>",
    from: "<sip:620@router>",
  });
  await s.until(() => call.last === 200);
  const { headers } = s.carrier.call.invite;
  assert.match(headers.get("from") ?? "", /<sip:\+31501234567@office\.example>/);
  assert.equal(headers.get("diversion"), undefined);
  call.bye();
  await s.until(() => s.records.length === 1);
});
