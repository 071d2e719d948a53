// T2: what RFC 5626 asks of whoever registers, and how the way of a registration is kept open.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LoopNetwork } from "../../../../test/fakes/loop-network.ts";
import { seededIds } from "../../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../../test/fakes/virtual-clock.ts";
import { buildResponse, withReceived } from "../../message/build.ts";
import type { SipRequest } from "../../message/message.ts";
import { isSipUri, parseUri } from "../../message/uri.ts";
import { createTransactions } from "../../transaction/layer.ts";
import type { Transactions } from "../../transaction/user.ts";
import type { Transport } from "../../transport/transport.ts";
import { createRegistration } from "./registration.ts";

const PROVIDER = "203.0.113.1";
const US = "192.0.2.1";
const INSTANCE = "urn:uuid:2ed6657d-e927-568b-95e1-2665a8aea6a2";

type Field = readonly [name: string, value: string];

interface Parts {
  readonly kind?: "tcp" | "udp";
  /** Header fields of the provider's 200. */
  readonly says?: readonly Field[];
  /** Statuses before it takes one, the first one first. */
  readonly refuses?: number[];
  /** Address and port at which a NAT shows us. */
  readonly nat?: readonly [received: string, rport: number];
}

/** Transactions over which nobody asks anything. */
function asking(transport: Transport, clock: VirtualClock): Transactions {
  const transactions = createTransactions({ transport, clock, ids: seededIds(2) });
  transactions.use({ onRequest() {}, onAck() {}, onCancel() {}, onStrayResponse() {}, onServerFailure() {} });
  return transactions;
}

/** Our registration at a provider that takes it without a password. */
async function setup({ kind = "tcp", says = [], refuses = [], nat }: Parts = {}) {
  const clock = new VirtualClock();
  const network = new LoopNetwork({ clock });
  const asked: SipRequest[] = [];
  const provider = network.host(PROVIDER);
  const transactions = createTransactions({ transport: provider, clock, ids: seededIds(1) });
  transactions.use({
    onRequest(transaction) {
      const { request } = transaction;
      asked.push(request);
      const status = refuses.shift() ?? 200;
      const contact = request.headers.get("contact") ?? "";
      const granted: Field = ["Contact", `${contact};expires=600`];
      const seen = nat === undefined ? request : withReceived(request, ...nat);
      const response = buildResponse(seen, status, undefined, {
        toTag: "t",
        headers: status === 200 ? [granted, ...says] : [],
      });
      transaction.respond(response);
    },
    onAck() {},
    onCancel() {},
    onStrayResponse() {},
    onServerFailure() {},
  });
  const us = network.host(US);
  const registrar = parseUri("sip:provider.example");
  assert.ok(registrar.ok && isSipUri(registrar.value));
  const registration = createRegistration(
    {
      transactions: asking(us, clock),
      clock,
      ids: seededIds(3),
      resolve: () => Promise.resolve([{ transport: kind, host: PROVIDER, port: 5060 }]),
      flowTo: (target) => us.flowTo(target),
      keepAlive: (flow, mustAnswer) => us.keepAlive(flow, mustAnswer),
    },
    {
      registrar: registrar.value,
      credentials: { username: "trunk", password: "secret" },
      instance: INSTANCE,
    },
  );
  registration.start();
  await clock.advanceAsync(10);
  return { clock, asked, us, provider, registration };
}

const REQUIRES: Field = ["Require", "outbound"];

test("T2: over a stream outbound is asked for: instance, reg-id, Supported (RFC 5626 §4.2.1)", async () => {
  const { asked } = await setup();
  const [register] = asked;
  assert.match(
    register?.headers.get("contact") ?? "",
    /^<sip:[0-9a-f]{16}@192\.0\.2\.1:5060;transport=tcp>;\+sip\.instance="<urn:uuid:2ed6657d-e927-568b-95e1-2665a8aea6a2>";reg-id=1$/,
  );
  assert.equal(register?.headers.get("supported"), "path, outbound");
});

test("T2: over UDP it is not, as it would have to be kept open by STUN (§4.4.2); the instance stands there", async () => {
  const { asked } = await setup({ kind: "udp" });
  assert.match(asked[0]?.headers.get("contact") ?? "", />;\+sip\.instance="<urn:uuid:[^"]*>"$/);
  assert.equal(asked[0]?.headers.has("supported"), false);
});

test("T2: a provider that requires outbound does it; one that says nothing does not (§4.2.1)", async () => {
  const does = await setup({ says: [REQUIRES] });
  assert.equal(does.registration.outboundFlow, does.registration.flow);
  assert.notEqual(does.registration.outboundFlow, undefined);
  // Whoever does it has to answer keep-alives, which the first one shows.
  assert.deepEqual(
    does.us.keptAlive.map(({ mustAnswer }) => mustAnswer),
    [true],
  );
  const not = await setup();
  assert.equal(not.registration.outboundFlow, undefined);
  assert.deepEqual(not.us.keptAlive, []);
});

test("T2: after 439 it is left out at once and as long as the flow lasts (§4.2.1)", async () => {
  const { clock, asked, provider } = await setup({ refuses: [439] });
  const withIt = (): readonly boolean[] =>
    asked.map(({ headers }) => (headers.get("contact") ?? "").includes("reg-id"));
  assert.deepEqual(withIt(), [true, false]);
  await clock.advanceAsync(600_000);
  assert.deepEqual(withIt(), [true, false, false]);
  provider.dropStreams();
  await clock.advanceAsync(1_000);
  assert.deepEqual(withIt(), [true, false, false, true]);
});

test("T2: a provider that answers 439 to what asks for nothing has refused us", async () => {
  const { asked, registration } = await setup({ refuses: [439, 439] });
  assert.equal(asked.length, 2);
  assert.equal(registration.status.state, "waiting");
  assert.equal(
    registration.status.failed?.text,
    "The provider answered 439 First Hop Lacks Outbound Support.",
  );
});

test("T2: Flow-Timer: a keep-alive after 80 to 100 % of it, as long as the flow lasts (§4.4)", async () => {
  const { clock, us, provider } = await setup({ says: [REQUIRES, ["Flow-Timer", "25"]] });
  await clock.advanceAsync(600_000);
  const times = us.keptAlive.map(({ at }) => at);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  assert.ok(gaps.length >= 20, `${gaps.length} keep-alives in ten minutes`);
  // The first was sent with the registration; a refresh in between changes nothing.
  assert.ok(
    gaps.every((gap) => gap >= 20_000 && gap <= 25_000),
    `gaps of ${Math.min(...gaps)} to ${Math.max(...gaps)} ms`,
  );
  assert.ok(new Set(gaps).size > 5, "not in step with others");
  await provider.close();
  await clock.advanceAsync(1);
  const before = us.keptAlive.length;
  await clock.advanceAsync(600_000);
  assert.equal(us.keptAlive.length, before, "nobody is there");
});

test("T2: a Flow-Timer that cannot be meant counts for nothing", async () => {
  for (const text of ["0", "1", "-5", "25x", "99999999999", "1000000", ""]) {
    const { clock, us } = await setup({ says: [["Flow-Timer", text]] });
    await clock.advanceAsync(500_000);
    assert.equal(us.keptAlive.length, 0, JSON.stringify(text));
  }
});

test("T2: over UDP a NAT's way is kept open every 24 to 29 s, where the answer shows one (§4.4.2)", async () => {
  for (const nat of [
    ["203.0.113.200", 5060],
    [US, 40_001],
  ] as const) {
    const { clock, us, registration } = await setup({ kind: "udp", nat });
    await clock.advanceAsync(290_000);
    const times = us.keptAlive.map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    assert.ok(times.length >= 9 && times.length <= 12, `${times.length} keep-alives`);
    assert.ok(
      gaps.every((gap) => gap >= 24_000 && gap < 29_000),
      gaps.join(),
    );
    assert.ok(us.keptAlive.every(({ flow }) => flow === registration.flow));
    const stopped = registration.stop();
    await clock.advanceAsync(2_000);
    await stopped;
    const before = us.keptAlive.length;
    await clock.advanceAsync(100_000);
    assert.equal(us.keptAlive.length, before);
  }
});

test("T2: over UDP without a NAT nothing is sent between two registrations", async () => {
  const { clock, us } = await setup({ kind: "udp", nat: [US, 5060] });
  await clock.advanceAsync(500_000);
  assert.equal(us.keptAlive.length, 0);
});

test("T2: after a flow that broke at once the pauses grow to a minute, each by half at random (§4.5)", async () => {
  const { clock, asked, provider, registration } = await setup();
  const pauses: number[] = [];
  await clock.advanceAsync(20_000);
  for (let times = 0; times < 10; times += 1) {
    const [known, at] = [asked.length, clock.now()];
    provider.dropStreams();
    assert.ok(await clock.runUntilAsync(() => asked.length > known, 70_000));
    pauses.push(clock.now() - at);
    assert.ok(await clock.runUntilAsync(() => registration.status.state === "registered", 1_000));
  }
  const [first = 0, ...rest] = pauses;
  assert.ok(first <= 110, `${first} ms after a flow that had lasted`);
  for (const [index, pause] of rest.entries()) {
    const most = Math.min(2_000 * 2 ** index, 60_000);
    assert.ok(pause >= most / 2 && pause <= most + 10, `${pause} of at most ${most} ms`);
  }
});
