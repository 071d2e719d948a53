// T2: how much of an hour a trunk that is registered over TLS by name can reach us, on real TLS sockets and the virtual clock.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { SOCKET_NAME, SocketNetwork } from "../../fakes/socket-network.ts";
import type { Agent } from "../agent.ts";
import { BOARD, CARRIER, NUMBER, Scenario } from "../harness.ts";

const REGISTRAR = "10.0.0.20";
const PHONES = ["10.1.1.215", "10.1.1.216"];
const IDLE_MS = 30_000;
const URI = `sip:${SOCKET_NAME};transport=tls`;

/** A company whose trunk is registered at a registrar that closes a stream on which nothing came for 30 s. */
async function registered(t: TestContext): Promise<{ readonly s: Scenario; readonly home: Agent }> {
  const sockets = new SocketNetwork();
  t.after(() => sockets.close());
  const idle = { idleMs: IDLE_MS, idleKnownMs: IDLE_MS, keepAliveMs: 10 * IDLE_MS };
  await sockets.open([BOARD, CARRIER, REGISTRAR, ...PHONES], idle);
  const s = await Scenario.start({
    sockets,
    provider: `name: provider, kind: registration, hosts: ["${URI}"], credentials: { username: "31501234567", password: provider-secret }`,
    names: { [URI]: [{ transport: "tls", host: REGISTRAR, port: 5061, serverName: SOCKET_NAME }] },
  });
  const home = s.trunk("provider", REGISTRAR, "tls");
  await s.until(() => registers(home) >= 1, 600_000);
  return { s, home };
}

function registers(home: Agent): number {
  return home.others.filter(({ method }) => method === "REGISTER").length;
}

/** A call of the provider over the flow that its registrar holds; whether it was answered. */
async function calls(s: Scenario, home: Agent): Promise<boolean> {
  const flow = home.heardOn ?? assert.fail();
  home.flow = () => flow;
  const phone = s.at("215");
  const heard = phone.register(600);
  await s.until(() => heard.includes(200));
  phone.onCall = (call) => call.answer();
  const call = home.invite(`sip:${NUMBER}@pbx`);
  await s.run(1_000);
  call.bye();
  await s.run(1_000);
  return phone.call.ended && call.last === 200;
}

test("T2: closed after 30 s idle: reachable 99.9 % of an hour, over one flow, and called at its end", async (t) => {
  const { s, home } = await registered(t);
  const flow = home.heardOn;
  let reachable = 0;
  for (let second = 0; second < 3_600; second += 1) {
    await s.run(1_000);
    if (home.heardOn?.open === true) reachable += 1;
  }
  t.diagnostic(`reachable in ${reachable} of 3600 s, ${registers(home)} REGISTERs`);
  assert.ok(reachable >= 3_597, `${reachable} of 3600 s`);
  assert.equal(home.heardOn, flow, "one registration flow");
  assert.ok(await calls(s, home));
});

test("T2: closed every 30 s whatever we send: registered anew at once, reachable 99.5 % of an hour", async (t) => {
  const { s, home } = await registered(t);
  const before = registers(home);
  let awayMs = 0;
  for (let times = 0; times < 120; times += 1) {
    await s.run(30_000);
    const since = s.clock.now();
    home.transport.dropStreams();
    await s.until(() => home.heardOn?.open === true, 5_000);
    awayMs += s.clock.now() - since;
  }
  t.diagnostic(`away for ${awayMs} ms of an hour, ${registers(home) - before} REGISTERs`);
  assert.ok(awayMs <= 18_000, `away for ${awayMs} ms`);
  assert.ok(registers(home) - before <= 130, "one for each stream that was closed");
  assert.ok(await calls(s, home));
});
