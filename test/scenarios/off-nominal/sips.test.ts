import assert from "node:assert/strict";
import { test } from "node:test";
import type { TransportKind } from "../../../src/sip/transport/transport.ts";
import type { Packet } from "../../fakes/loop-network.ts";
import type { Agent } from "../agent.ts";
import type { AgentCall } from "../agent-call.ts";
import type { Field } from "../agent-dialog.ts";
import { BOARD, CARRIER, CARRIER_TWO, NUMBER, Scenario, type ScenarioParts } from "../harness.ts";
import { sdp } from "../sdp.ts";

// T7: what sips demands of us (RFC 3261 §8.1.1.8, §12.1.1, RFC 5630): who calls, or is called, by sips; what our Contact and our
// Request-URI are then, and on which transports requests may go.

const OUTSIDE = "+31612345678";
const SIPS = `<sips:${BOARD}:5061>`;
const TLS = `<sip:${BOARD}:5061;transport=tls>`;
const UDP = `<sip:${BOARD}:5060>`;

/** Requests of ours to an address. */
function ours(s: Scenario, host: string, method?: string): readonly Packet[] {
  return s.network.log.filter(
    ({ from, to, message }) =>
      from.host === BOARD &&
      to.host === host &&
      message.kind === "request" &&
      (method === undefined || message.method === method),
  );
}

function transports(packets: readonly Packet[]): readonly string[] {
  return [...new Set(packets.map(({ transport }) => transport))];
}

/** What our messages to an address have as Contact, in requests and answers; those about registrations left out. */
function contactsTo(s: Scenario, host: string, only?: string): readonly string[] {
  const sent = s.network.log.filter(({ from, to }) => from.host === BOARD && to.host === host);
  const found = sent.flatMap(({ message }) => {
    const { method } = message.cseq;
    const counts = only === undefined ? method !== "REGISTER" && method !== "OPTIONS" : method === only;
    return counts ? (message.headers.get("contact") ?? []) : [];
  });
  return [...new Set(found)];
}

interface Caller {
  readonly kind: TransportKind;
  readonly scheme?: "sip" | "sips";
  readonly uri?: string;
  readonly headers?: readonly Field[];
  readonly contact: string;
}

const CALLERS: Readonly<Record<string, Caller>> = {
  "a sips Request-URI": { kind: "tls", uri: `sips:${OUTSIDE}@${BOARD}`, contact: SIPS },
  "a sips Contact": { kind: "tls", scheme: "sips", contact: SIPS },
  "a sips Record-Route": {
    kind: "tls",
    headers: [["Record-Route", "<SIPS:edge.example;lr>, <sip:core.example;lr>"]],
    contact: SIPS,
  },
  "a sips Contact behind a proxy that recorded itself by sip": {
    kind: "tls",
    scheme: "sips",
    headers: [["Record-Route", "<sip:edge.example;transport=tls;lr>"]],
    contact: TLS,
  },
  "sip only": { kind: "tls", contact: TLS },
  "a name that only looks like it": {
    kind: "tls",
    headers: [["Record-Route", '"sips:x" <sip:edge.example;transport=tls;lr>']],
    contact: TLS,
  },
};

for (const [what, { contact, uri = OUTSIDE, headers, ...phone }] of Object.entries(CALLERS)) {
  test(`T7: a caller over TLS with ${what}: our Contact is ${contact}; the other leg is the trunk's own affair`, async () => {
    const s = await Scenario.start();
    s.carrier.onCall = (call) => {
      call.ring();
      call.answer();
    };
    const caller = await s.phone("217", 1, phone);
    s.network.log.length = 0;
    const call = caller.invite(uri, headers === undefined ? {} : { headers });
    await s.until(() => call.last === 200 && s.carrier.call.acks.length === 1);
    await s.run(1_000);
    s.carrier.call.bye();
    await s.until(() => call.ended);
    assert.deepEqual(contactsTo(s, caller.address), [contact]);
    assert.deepEqual(transports(ours(s, caller.address)), ["tls"]);
    // A switchboard ends the hop that sips is about: where it calls on is said by its own configuration (ADR 0054).
    assert.deepEqual(contactsTo(s, CARRIER), [UDP]);
    assert.match(ours(s, CARRIER, "INVITE")[0]?.startLine ?? "", /^INVITE sip:/);
  });
}

for (const [what, uri] of [
  ["itself", OUTSIDE],
  ["us", `sips:${OUTSIDE}@${BOARD}`],
] as const) {
  test(`T7: a caller over UDP that calls ${what} sips: answered on its own way, and promised nothing`, async () => {
    const s = await Scenario.start();
    s.carrier.onCall = (call) => call.answer();
    const caller = await s.phone("217");
    if (what === "itself") nameItself(caller, "<sips:217@10.1.1.217:5061>");
    s.network.log.length = 0;
    const call = caller.invite(uri);
    await s.until(() => call.last === 200 && s.carrier.call.acks.length === 1);
    s.carrier.call.bye();
    await s.until(() => call.ended);
    assert.deepEqual(contactsTo(s, caller.address), [UDP]);
    assert.deepEqual(transports(ours(s, caller.address)), ["udp"]);
  });
}

/** From now on it has this Contact, whatever its transport is. */
function nameItself(agent: Agent, contact: string): void {
  Object.defineProperty(agent, "contact", { value: contact });
}

interface TrunkRow {
  readonly hosts: string;
  readonly carrier?: string;
  readonly requestUri: RegExp;
  readonly contact: string;
}

const TRUNKS: Readonly<Record<string, TrunkRow>> = {
  "sips hosts": {
    hosts: `"sips:${CARRIER}", "sips:${CARRIER_TWO}"`,
    requestUri: /^INVITE sips:\+31612345678@10\.0\.0\.9 /,
    contact: SIPS,
  },
  "a sip host over TLS": {
    hosts: `"sip:${CARRIER}:5061;transport=tls"`,
    requestUri: /^INVITE sip:/,
    contact: TLS,
  },
  "a sips host, and one by sip": {
    hosts: `"sips:${CARRIER}", "sip:${CARRIER_TWO}"`,
    requestUri: /^INVITE sip:/,
    contact: TLS,
  },
  "a sips host behind a proxy over TLS": {
    hosts: `"sips:sip.carrier.example"`,
    carrier: `callerIdProfile: from, outboundProxy: "sip:${CARRIER}:5061;transport=tls"`,
    requestUri: /^INVITE sips:\+31612345678@sip\.carrier\.example /,
    contact: SIPS,
  },
};

function trunkParts({ hosts, carrier }: TrunkRow): ScenarioParts {
  return { carrierHosts: hosts, carrierKind: "tls", ...(carrier === undefined ? {} : { carrier }) };
}

for (const [what, row] of Object.entries(TRUNKS)) {
  test(`T7: a trunk with ${what}: Request-URI ${row.requestUri.source}, Contact ${row.contact}, all over TLS`, async () => {
    const s = await Scenario.start({ ...trunkParts(row), probeSeconds: 50 });
    s.carrier.onCall = (call) => call.answer();
    const call = s.at("215").invite(OUTSIDE);
    await s.until(() => call.last === 200 && s.carrier.call.acks.length === 1);
    await s.run(100_000);
    call.bye();
    await s.until(() => s.carrier.call.ended);
    const [invite] = ours(s, CARRIER, "INVITE");
    assert.match(invite?.startLine ?? "", row.requestUri);
    assert.match(invite?.message.headers.get("from") ?? "", /<sip:/, "who calls is no question of the way");
    assert.deepEqual(contactsTo(s, CARRIER), [row.contact]);
    assert.deepEqual(transports(ours(s, CARRIER)), ["tls"]);
    const asked = row.hosts.startsWith('"sips:') ? SIPS : TLS;
    assert.deepEqual(contactsTo(s, CARRIER, "OPTIONS"), [asked], "each host is asked by its own address");
  });
}

test("T7: a sips trunk whose stream closes in mid-call gets its BYE over TLS, whatever its Contact says", async () => {
  const row: TrunkRow = { hosts: `"sips:${CARRIER}"`, requestUri: /^INVITE sips:/, contact: SIPS };
  const s = await Scenario.start(trunkParts(row));
  nameItself(s.carrier, `<sip:${OUTSIDE}@${CARRIER_TWO}:5060>`);
  s.trunk("two", CARRIER_TWO);
  s.carrier.onCall = (call) => call.answer();
  const call = s.at("215").invite(OUTSIDE);
  await s.until(() => call.last === 200 && s.carrier.call.acks.length === 1);
  s.carrier.transport.dropStreams();
  await s.run(1_000);
  call.bye();
  await s.until(() => s.carrier.call.ended);
  assert.deepEqual(transports(ours(s, CARRIER)), ["tls"]);
  assert.deepEqual(ours(s, CARRIER_TWO), []);
});

test("T7: a sips trunk behind a proxy over UDP only: no request leaves, and the story says why", async () => {
  const s = await Scenario.start({
    carrierHosts: `"sips:sip.carrier.example"`,
    carrier: `callerIdProfile: from, outboundProxy: "sip:${CARRIER}"`,
  });
  const call = s.at("215").invite(OUTSIDE);
  await s.until(() => (call.last ?? 0) >= 400 && call.last !== 401 && call.last !== 407);
  assert.deepEqual(ours(s, CARRIER), []);
  await s.until(() => s.records.length === 1);
  assert.match(s.story, /reached by TLS, as sips: demands, could be resolved \(sip:10\.0\.0\.9\)/);
});

for (const [uri, requestUri, contact] of [
  ["sips:10.0.0.11", "REGISTER sips:10.0.0.11 SIP/2.0", /^<sips:[0-9a-f]+@10\.0\.0\.1:5061>;/],
  [
    "sip:10.0.0.11:5061;transport=tls",
    "REGISTER sip:10.0.0.11:5061;transport=tls SIP/2.0",
    /^<sip:[0-9a-f]+@10\.0\.0\.1:5061;transport=tls>;/,
  ],
] as const) {
  test(`T7: a registrar at ${uri}: our Contact there, and in its calls`, async () => {
    const s = await Scenario.start({
      provider: `name: provider, kind: registration, hosts: ["${uri}"], credentials: { username: "31501234567", password: provider-secret }`,
    });
    const provider = s.trunk("provider", "10.0.0.11", "tls");
    await s.until(() => provider.others.some(({ method }) => method === "REGISTER"), 200_000);
    const [register] = ours(s, "10.0.0.11", "REGISTER").slice(-1);
    assert.equal(register?.startLine, requestUri);
    assert.equal(register?.transport, "tls");
    const said = register?.message.headers.get("contact") ?? "";
    assert.match(said, contact);
    s.at("215").onCall = (call) => call.answer();
    s.network.log.length = 0;
    const call = provider.invite(/<([^>]*)>/.exec(said)?.[1] ?? "", {
      to: `<sip:${NUMBER}@provider.example>`,
    });
    await s.until(() => call.last === 200);
    assert.deepEqual(contactsTo(s, "10.0.0.11"), [uri.startsWith("sips") ? SIPS : TLS]);
  });
}

for (const scheme of ["sip", "sips"] as const) {
  test(`T7: a phone registered by ${scheme} over TLS: our Request-URI, Contact, and where its BYE goes when it is on UDP now`, async () => {
    const s = await Scenario.start({ plan: `- { type: phone, phone: "217", ringSeconds: 20 }` });
    const phone = await s.phone("217", 1, { kind: "tls", scheme });
    phone.onCall = (call) => call.answer();
    const call: AgentCall = s.carrier.invite(NUMBER);
    await s.until(() => call.last === 200 && phone.call.acks.length === 1);
    const [invite] = ours(s, phone.address, "INVITE");
    assert.equal(invite?.startLine, `INVITE ${phone.contact.slice(1, -1)} SIP/2.0`);
    assert.deepEqual(contactsTo(s, phone.address), [scheme === "sips" ? SIPS : TLS]);
    assert.deepEqual(contactsTo(s, CARRIER), [UDP]);
    phone.transport.dropStreams();
    const onUdp = await s.phone("217", 2);
    call.bye();
    await s.run(10_000);
    const byes = ours(s, onUdp.address, "BYE");
    assert.deepEqual(transports(byes), scheme === "sips" ? [] : ["udp"]);
    assert.ok(!transports(ours(s, phone.address)).includes("udp"));
    // It comes back on TLS, and is told.
    if (scheme === "sip") return;
    const heard = phone.register(36_000);
    await s.until(() => heard.includes(200));
    await s.until(() => phone.call.got("BYE") === 1, 16_000);
  });
}

for (const [scheme, kind] of [
  ["sip", "udp"],
  ["sips", "tls"],
] as const) {
  test(`T7: a caller by ${scheme} over TLS that asks something in its dialog over UDP: our BYE goes over ${kind}`, async () => {
    const s = await Scenario.start();
    s.at("215").onCall = (call) => call.answer();
    const caller = await s.phone("217", 1, { kind: "tls", scheme });
    const call = caller.invite("215");
    await s.until(() => call.last === 200 && s.at("215").call.acks.length === 1);
    const byTls = caller.flow();
    caller.flow = () =>
      caller.transport.flowTo({ transport: "udp", host: BOARD, port: 5060 }) ?? assert.fail();
    const asked = call.reinvite(sdp({ at: caller.address, version: 2 }));
    await s.until(() => asked.heard.some((status) => status >= 200));
    caller.flow = () => byTls;
    await s.run(1_000);
    s.network.log.length = 0;
    s.at("215").call.bye();
    await s.until(() => call.ended);
    assert.deepEqual(transports(ours(s, caller.address, "BYE")), [kind]);
  });
}

test("T7: a phone that registers a sips contact without TLS is refused by name, and may take it back", async () => {
  for (const kind of ["udp", "tcp"] as const) {
    const s = await Scenario.start({ phones: { "215": 1 } });
    const phone = await s.phone("217", 1, { kind });
    nameItself(phone, "<sips:217@10.1.1.217:5061>");
    const heard = phone.register(36_000);
    await s.until(() => heard.includes(400));
    const answer = s.network.log.findLast(({ startLine }) => startLine.startsWith("SIP/2.0 400"));
    assert.equal(answer?.startLine, "SIP/2.0 400 Sips Contact Without TLS");
    const gone = phone.register(0);
    await s.until(() => gone.includes(200));
  }
});
