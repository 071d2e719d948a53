import assert from "node:assert/strict";
import { test } from "node:test";
import type { Agent } from "../agent.ts";
import { BOARD, CALLER, NUMBER, Scenario } from "../harness.ts";

const PROVIDER = "10.0.0.20";
/** Known by its address only to nobody: it has no `acceptFrom`, and its calls come from another host than its name's. */
const SECOND_ADDRESS = "10.0.0.21";
const provider = `name: provider, kind: registration, hosts: ["sip:${PROVIDER}"], numberFormat: e164, credentials: { username: "31501234567", password: provider-secret }`;

/** The user part of the Contact that we registered at the provider. */
async function registered(s: Scenario, at: Agent): Promise<string> {
  await s.until(() => at.others.some(({ method }) => method === "REGISTER"), 600_000);
  const contact = at.others.find(({ method }) => method === "REGISTER")?.headers.get("contact") ?? "";
  const user = /^<sip:([0-9a-f]+)@/.exec(contact)?.[1];
  assert.ok(user, contact);
  return user;
}

test("a provider at which we registered is known by our Contact, whatever address it calls from", async () => {
  const s = await Scenario.start({ provider });
  const home = s.trunk("provider", PROVIDER);
  const contact = await registered(s, home);
  const register = home.others.find(({ method }) => method === "REGISTER");
  assert.equal(register?.headers.get("to"), `<sip:31501234567@${PROVIDER}>`);

  const elsewhere = s.trunk("provider two", SECOND_ADDRESS);
  s.at("215").onCall = (call) => call.answer();
  const call = elsewhere.invite(`sip:${contact}@${BOARD}`, {
    to: `<sip:31501234567@${PROVIDER}>`,
    from: `<sip:31612345678@${PROVIDER}>`,
  });
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.equal(s.record.origin, 'trunk "provider"');
  assert.equal(s.record.called, NUMBER);
  assert.equal(s.record.caller, CALLER);
});

test("who calls our Contact from an address that is not the provider's gets no proof of our password (B7)", async () => {
  const s = await Scenario.start({ provider });
  const contact = await registered(s, s.trunk("provider", PROVIDER));
  const elsewhere = s.trunk("provider two", SECOND_ADDRESS);
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  const call = elsewhere.invite(`sip:${contact}@${BOARD}`, { to: `<sip:31501234567@${PROVIDER}>` });
  await s.until(() => call.last === 200 && phone.call.acks.length > 0);
  const challenge = 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"';
  call.on.set("BYE", (transaction) => call.reply(transaction, 407, "", [["Proxy-Authenticate", challenge]]));
  phone.call.bye();
  await s.until(() => call.got("BYE") === 1);
  await s.run(2000);
  assert.equal(call.got("BYE"), 1);
});

/** Two accounts at a provider that is known by its name alone, whose name leads to two addresses. */
const accounts = {
  names: {
    "sip:provider.example": [PROVIDER, SECOND_ADDRESS].map(
      (host) => ({ transport: "udp", host, port: 5060 }) as const,
    ),
  },
  provider: [1, 2]
    .map(
      (number) =>
        `name: provider ${number}, kind: registration, hosts: ["sip:provider.example"], numberFormat: e164, credentials: { username: "3150123456${number}", password: provider-secret }`,
    )
    .join(" }\n  - { "),
};

for (const from of [PROVIDER, SECOND_ADDRESS]) {
  test(`a call for the second account at one provider, from ${from}: the challenge to our BYE is answered with its credentials`, async () => {
    const s = await Scenario.start(accounts);
    const home = s.trunk("provider", PROVIDER);
    const second = (): string | undefined =>
      home.others
        .filter(
          ({ method, headers }) =>
            method === "REGISTER" && headers.get("to")?.includes("31501234562") === true,
        )
        .map(({ headers }) => /^<sip:([0-9a-f]+)@/.exec(headers.get("contact") ?? "")?.[1])[0];
    await s.until(() => second() !== undefined, 600_000);
    const calling = from === PROVIDER ? home : s.trunk("provider's second host", from);
    const phone = s.at("215");
    phone.onCall = (call) => call.answer();
    const call = calling.invite(`sip:${second()}@${BOARD}`, { to: "<sip:31501234567@provider.example>" });
    await s.until(() => call.last === 200 && phone.call.acks.length > 0);
    const challenge = 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"';
    call.on.set("BYE", (transaction) => {
      const known = transaction.request.headers.has("proxy-authorization");
      call.reply(transaction, known ? 200 : 407, "", known ? [] : [["Proxy-Authenticate", challenge]]);
    });
    phone.call.bye();
    await s.until(() => call.got("BYE") === 2);
    assert.match(
      call.requests[1]?.request.headers.get("proxy-authorization") ?? "",
      /username="31501234562"/,
    );
  });
}

test("another user part at the same address is a stranger's call", async () => {
  const s = await Scenario.start({ provider });
  await registered(s, s.trunk("provider", PROVIDER));
  const elsewhere = s.trunk("provider two", SECOND_ADDRESS);
  const call = elsewhere.invite("sip:0123456789abcdef@10.0.0.1", { to: `<sip:31501234567@${PROVIDER}>` });
  await s.until(() => call.last === 401);
  assert.equal(s.at("215").calls.length, 0);
});

test("a new configuration without the trunk ends its registration", async () => {
  const s = await Scenario.start({ provider });
  const home = s.trunk("provider", PROVIDER);
  await registered(s, home);
  s.snapshot = { ...s.snapshot, trunks: s.snapshot.trunks.filter(({ name }) => name !== "provider") };
  s.board.published(s.snapshot);
  const farewell = (): string | undefined =>
    home.others.findLast(({ method }) => method === "REGISTER")?.headers.get("expires");
  await s.until(() => farewell() === "0");
});

test("a changed trunk registers anew when the farewell of the one before is over: the provider knows both by one instance", async () => {
  const s = await Scenario.start({ provider });
  const home = s.trunk("provider", PROVIDER);
  const former = await registered(s, home);
  const asked = (): readonly string[] =>
    home.others
      .filter(({ method }) => method === "REGISTER")
      .map(({ headers }) => {
        const isFormer = headers.get("contact")?.includes(former) === true;
        return `${isFormer ? "the former" : "another"} for ${headers.get("expires")} s`;
      });
  // Its first answer to a farewell asks for a proof, as providers do; what was sent meanwhile would come before that.
  home.othersSay = ({ headers }) => (headers.get("authorization") === undefined ? 401 : 200);
  home.othersHear = [["WWW-Authenticate", 'Digest realm="provider", nonce="n1", algorithm=MD5, qop="auth"']];
  const before = asked().length;
  for (const numberFormat of ["national", "e164Plus"] as const) {
    const trunks = s.snapshot.trunks.map((one) => (one.name === "provider" ? { ...one, numberFormat } : one));
    s.snapshot = { ...s.snapshot, trunks };
    s.board.published(s.snapshot);
  }
  await s.until(() => asked().length === before + 4);
  assert.deepEqual(asked().slice(before), [
    "the former for 0 s",
    "the former for 0 s",
    "another for 600 s",
    "another for 600 s",
  ]);
});
