// T2: the flow of a trunk's registration (RFC 5626): what comes on it, and what we say of ourselves there.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { TransportKind } from "../../../src/sip/transport/transport.ts";
import type { Agent } from "../agent.ts";
import { BOARD, NUMBER, Scenario } from "../harness.ts";
import { sdp } from "../sdp.ts";

const REGISTRAR = "10.0.0.20";
const DOMAIN = "provider.example";
const OUTBOUND = [["Require", "outbound"]] as const;

/** A company with a trunk that is registered by name. */
async function registered(kind: TransportKind, options: { outbound?: boolean } = {}) {
  const uri = `sip:${DOMAIN};transport=${kind}`;
  const s = await Scenario.start({
    provider: `name: provider, kind: registration, hosts: ["${uri}"], numberFormat: e164Plus, credentials: { username: "31501234567", password: provider-secret }`,
    names: { [uri]: [{ transport: kind, host: REGISTRAR, port: kind === "tls" ? 5061 : 5060 }] },
  });
  const home = s.trunk("provider", REGISTRAR, kind);
  if (options.outbound === true) home.othersHear = OUTBOUND;
  const isRegister = ({ method }: { readonly method: string }): boolean => method === "REGISTER";
  await s.until(() => home.others.some(isRegister), 600_000);
  const contact = home.others.find(isRegister)?.headers.get("contact") ?? "";
  const user = /^<sip:([0-9a-f]+)@/.exec(contact)?.[1] ?? "";
  return { s, home, user };
}

/** From now on it speaks on the flow on which it heard the last request. */
function staysOnFlow(home: Agent): void {
  const flow = home.heardOn ?? assert.fail();
  home.flow = () => flow;
}

for (const kind of ["tcp", "tls", "udp"] as const) {
  test(`T2: ${kind}: a call on the flow of a registration is the provider's, though it has rewritten our Contact`, async () => {
    const { s, home, user } = await registered(kind);
    staysOnFlow(home);
    s.at("215").onCall = (call) => call.answer();
    const call = home.invite(`sip:${NUMBER}@${BOARD}`);
    assert.doesNotMatch(call.invite.uri, new RegExp(user));
    await s.until(() => call.last === 200);
    call.bye();
    await s.until(() => s.records.length === 1);
    assert.equal(s.record.origin, 'trunk "provider"');
    assert.equal(s.record.called, NUMBER);
  });
}

test("T2: the same on another stream from the same address is a stranger's: a name makes nobody a trunk", async () => {
  const { s, home } = await registered("tcp");
  const call = home.invite(`sip:${NUMBER}@${BOARD}`);
  await s.until(() => call.last !== undefined && call.last >= 200);
  assert.equal(call.last, 401);
  assert.equal(s.at("215").calls.length, 0);
});

/** Phone 215 calls out through the provider, holds, and is held: every Contact of ours that the provider gets. */
async function contactsOf(s: Scenario, home: Agent): Promise<ReadonlySet<string>> {
  s.snapshot = { ...s.snapshot, outboundTrunk: "provider" };
  home.onCall = (call) => call.answer();
  const near = s.at("215").invite("+31612345678");
  await s.until(() => near.last === 200 && home.call.acks.length === 1);
  near.reinvite(sdp({ at: "10.1.1.215", version: 2, direction: "sendonly" }));
  await s.until(() => home.call.got("INVITE") > 0);
  await s.run(1_000);
  const back = home.call.reinvite(sdp({ at: REGISTRAR, version: 2 }));
  await s.until(() => back.heard.includes(200));
  near.bye();
  await s.until(() => home.call.ended);
  const ours = s.network.log.filter(({ from, message }) => {
    const describes = message.cseq.method === "INVITE" && message.headers.has("contact");
    return from.host === BOARD && describes;
  });
  const toProvider = ours.filter(({ to }) => to.host === REGISTRAR);
  assert.ok(toProvider.length >= 3, "INVITE, re-INVITE, 200 to a re-INVITE");
  return new Set(toProvider.map(({ message }) => message.headers.get("contact") ?? ""));
}

for (const kind of ["tcp", "udp"] as const) {
  test(`T2: ${kind}: the registered Contact user stands in the INVITE and in every refresh (RFC 3261 §12.2.1.1)`, async () => {
    const { s, home, user } = await registered(kind);
    const transport = kind === "udp" ? "" : `;transport=${kind}`;
    assert.deepEqual([...(await contactsOf(s, home))], [`<sip:${user}@${BOARD}:5060${transport}>`]);
  });
}

test("T2: on the flow of an outbound registration the Contact asks for the rest of the dialog there (RFC 5626 §4.3)", async () => {
  const { s, home, user } = await registered("tcp", { outbound: true });
  assert.deepEqual([...(await contactsOf(s, home))], [`<sip:${user}@${BOARD}:5060;transport=tcp;ob>`]);
});
