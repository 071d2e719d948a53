import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { LoopNetwork } from "../../../../test/fakes/loop-network.ts";
import { seededIds } from "../../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../../test/fakes/virtual-clock.ts";
import { mermaid } from "../../../fsm/table.ts";
import { buildRequest, buildResponse } from "../../message/build.ts";
import { isSipUri, parseUri, type SipUri } from "../../message/uri.ts";
import { createTransactions } from "../../transaction/layer.ts";
import type { ServerTransaction } from "../../transaction/user.ts";
import type { Target } from "../../transport/transport.ts";
import { createAuthenticator } from "../auth/authenticator.ts";
import { createCredentialsGuard } from "../auth/credentials-guard.ts";
import { computeHa1 } from "../auth/digest.ts";
import { createDigestServer } from "../auth/digest-server.ts";
import { createLocation } from "../registrar/location.ts";
import { createRegistrar } from "../registrar/registrar.ts";
import { registrationTable } from "./registration.fsm.ts";
import { createRegistration, type RegistrationSettings, type RegistrationStatus } from "./registration.ts";

const PROVIDER = "203.0.113.1";
const BACKUP = "203.0.113.2";
const US = "192.0.2.1";
const INSTANCE = "urn:uuid:2ed6657d-e927-568b-95e1-2665a8aea6a2";

function uri(text: string): SipUri {
  const read = parseUri(text);
  assert.ok(read.ok && isSipUri(read.value));
  return read.value;
}

interface Options {
  readonly seed?: number;
  readonly loss?: number;
  readonly targets?: readonly Target[];
  readonly settings?: Partial<RegistrationSettings>;
  readonly minExpiresSeconds?: number;
  readonly passwords?: ReadonlyMap<string, string>;
}

/** Our registration on one host, and a provider on two others: our own registrar, so that both sides meet. */
function setup(options: Options = {}) {
  const clock = new VirtualClock();
  const network = new LoopNetwork({ clock, seed: options.seed ?? 1, loss: options.loss ?? 0 });
  const ids = seededIds(options.seed ?? 1);
  const location = createLocation({ clock, flowTo: () => undefined });
  const digest = createDigestServer({ realm: "provider.example", clock, ids });
  const passwords = options.passwords ?? new Map([["trunk", "secret"]]);
  const registrar = createRegistrar({
    authenticator: createAuthenticator({
      digest,
      guard: createCredentialsGuard({ clock }),
      lookupHa1: (username, algorithm) => {
        const password = passwords.get(username);
        return password === undefined ? undefined : computeHa1(algorithm, username, digest.realm, password);
      },
    }),
    location,
    clock,
    ids,
    isOurDomain: () => true,
    minExpiresSeconds: options.minExpiresSeconds ?? 60,
  });
  /** What the provider does instead of registering; undefined: its registrar answers. */
  const behaviour: { answer: ((transaction: ServerTransaction) => void) | undefined } = { answer: undefined };
  const serve = (address: string) => {
    const transactions = createTransactions({ transport: network.host(address), clock, ids });
    transactions.use({
      onRequest: (transaction) => (behaviour.answer ?? registrar.handleRegister)(transaction),
      onAck() {},
      onCancel() {},
      onStrayResponse() {},
      onServerFailure() {},
    });
    return transactions;
  };
  const servers = [PROVIDER, BACKUP].map(serve);
  const transport = network.host(US);
  const transactions = createTransactions({ transport, clock, ids });
  transactions.use({ onRequest() {}, onAck() {}, onCancel() {}, onStrayResponse() {}, onServerFailure() {} });
  const statuses: RegistrationStatus[] = [];
  const targets: readonly Target[] = options.targets ?? [{ transport: "udp", host: PROVIDER, port: 5060 }];
  const registration = createRegistration(
    {
      transactions,
      clock,
      ids,
      resolve: () => Promise.resolve(targets),
      flowTo: (target) => transport.flowTo(target),
      keepAlive: (flow, mustAnswer) => transport.keepAlive(flow, mustAnswer),
    },
    {
      registrar: uri("sip:provider.example"),
      credentials: { username: "trunk", password: "secret" },
      instance: INSTANCE,
      onStatus: (status) => statuses.push(status),
      ...options.settings,
    },
  );
  const sent = () => network.log.filter(({ from }) => from.host === US);
  const until = async (state: string, ms = 200_000) => {
    assert.ok(await clock.runUntilAsync(() => registration.status.state === state, ms), `never ${state}`);
  };
  return {
    clock,
    network,
    location,
    registration,
    statuses,
    transactions,
    servers,
    behaviour,
    sent,
    until,
    transport,
  };
}

test("the table as a diagram is the one kept beside it", () => {
  const golden = new URL("./registration.mmd", import.meta.url);
  const printed = mermaid(registrationTable, "stopped");
  // Printed anew with `--test-update-snapshots`, Node's own flag for goldens.
  if (process.execArgv.includes("--test-update-snapshots")) writeFileSync(golden, printed);
  assert.equal(readFileSync(golden, "utf8"), printed);
});

test("registers with a challenge, refreshes in time without one, unregisters on stop, and leaves nothing behind", async () => {
  const { clock, location, registration, statuses, transactions, sent, until } = setup();
  registration.start();
  await until("registered");
  assert.equal(sent().length, 2);
  assert.equal(location.lookup("trunk").length, 1);
  assert.equal(location.lookup("trunk")[0]?.uri.user, registration.contactUser);
  assert.equal(registration.aor, "sip:trunk@provider.example");
  const until1 = registration.status.registeredUntil ?? 0;
  assert.ok(Math.abs(until1 - clock.wall() - 600_000) < 1_000);
  // An hour: the nonce is too old each time, the contact is never missing.
  for (let second = 0; second < 3_600; second += 1) {
    await clock.advanceAsync(1_000);
    assert.equal(location.lookup("trunk").length, 1);
  }
  assert.ok(sent().length <= 2 + 2 * 9, `${sent().length} requests in an hour`);
  const stopped = registration.stop();
  await until("stopped");
  await stopped;
  assert.equal(location.lookup("trunk").length, 0);
  assert.deepEqual([...new Set(statuses.map(({ state }) => state))], ["registered", "stopped"]);
  await clock.advanceAsync(64_000);
  assert.deepEqual(transactions.counts(), { inviteClient: 0, client: 0, inviteServer: 0, server: 0 });
});

test("one Call-ID, CSeq one higher each time (RFC 3261 §10.2.4)", async () => {
  const { clock, registration, sent, until } = setup();
  registration.start();
  await until("registered");
  await clock.advanceAsync(1_200_000);
  const requests = sent().map(({ message }) => message);
  assert.equal(new Set(requests.map((message) => message.callId)).size, 1);
  assert.deepEqual(
    requests.map((message) => message.cseq.number),
    requests.map((_, i) => i + 1),
  );
});

test("the provider's time counts: its minimum, and what it grants", async () => {
  const { clock, registration, location, sent, until } = setup({ minExpiresSeconds: 1_800 });
  registration.start();
  await until("registered");
  assert.equal(sent().length, 3);
  assert.equal(location.lookup("trunk")[0]?.expiresAt, clock.now() + 1_800_000 - 1);
  const short = setup();
  short.behaviour.answer = (transaction) =>
    transaction.respond(
      buildResponse(transaction.request, 200, undefined, {
        toTag: "t",
        headers: [
          ["Contact", `<sip:other@x>;expires=9, ${transaction.request.headers.get("contact")};expires=60`],
        ],
      }),
    );
  short.registration.start();
  await short.until("registered");
  await short.clock.advanceAsync(31_000);
  assert.equal(short.sent().length, 2);
});

test("S7: a provider that grants a second is not asked twice a second", async () => {
  const { clock, registration, behaviour, sent } = setup();
  behaviour.answer = (one) =>
    one.respond(buildResponse(one.request, 200, undefined, { headers: [["Expires", "1"]] }));
  registration.start();
  await clock.advanceAsync(100_000);
  assert.ok(sent().length >= 20 && sent().length <= 26, `${sent().length} in 100 s`);
});

test("a wrong password is tried once, and then not soon again", async () => {
  const { clock, registration, sent, until } = setup({
    settings: { credentials: { username: "trunk", password: "no" } },
  });
  registration.start();
  await until("waiting");
  assert.equal(sent().length, 2);
  assert.equal(registration.status.failed?.text, "The peer refuses the user name or the password.");
  await clock.advanceAsync(44_000);
  assert.equal(sent().length, 2);
  await clock.advanceAsync(24 * 3_600_000);
  assert.ok(sent().length < 2 * 80, `${sent().length} requests in a day`);
});

test("B7: a provider that changes its nonce for ever sees three REGISTERs a try", async () => {
  const { registration, behaviour, sent, until } = setup();
  let nonce = 0;
  behaviour.answer = (transaction) => {
    nonce += 1;
    const value = `Digest realm="p", nonce="${nonce}", stale=true, qop="auth"`;
    const headers = [["WWW-Authenticate", value] as const];
    transaction.respond(buildResponse(transaction.request, 401, undefined, { toTag: "t", headers }));
  };
  registration.start();
  await until("waiting");
  assert.equal(sent().length, 3);
});

test("a silent or overloaded address is left for the next", async () => {
  const targets: readonly Target[] = [
    { transport: "tls", host: PROVIDER, port: 5061 },
    { transport: "udp", host: "203.0.113.99", port: 5060 },
    { transport: "udp", host: BACKUP, port: 5060 },
  ];
  const { clock, registration, until } = setup({ targets });
  registration.start();
  await until("registered");
  assert.ok(clock.now() >= 4_000 && clock.now() < 5_000);
  assert.equal(registration.flow?.remote.host, BACKUP);

  const busy = setup({ targets: [{ transport: "udp", host: PROVIDER, port: 5060 }, ...targets.slice(2)] });
  let refused = 0;
  busy.behaviour.answer = (transaction) => {
    refused += 1;
    if (refused === 2) busy.behaviour.answer = undefined;
    const headers = [["Retry-After", "120"] as const];
    transaction.respond(buildResponse(transaction.request, 503, undefined, { toTag: "t", headers }));
  };
  busy.registration.start();
  await busy.until("waiting");
  assert.equal(busy.sent().length, 2);
  assert.ok((busy.registration.status.retryInMs ?? 0) >= 119_000);
  await busy.until("registered");
});

test("a host that wants an hour of peace has it, and holds nobody off another one that was only silent", async () => {
  const { clock, registration, network, behaviour, sent, until } = setup({
    targets: [PROVIDER, BACKUP].map((host) => ({ transport: "udp", host, port: 5060 })),
  });
  const asked = (host: string) => sent().filter(({ to }) => to.host === host).length;
  behaviour.answer = (transaction) => {
    const headers = [["Retry-After", "3600"] as const];
    transaction.respond(buildResponse(transaction.request, 503, undefined, { toTag: "t", headers }));
  };
  network.intercept = ({ to }) => (to.host === BACKUP ? "drop" : undefined);
  registration.start();
  await until("waiting");
  assert.ok((registration.status.retryInMs ?? 0) <= 5_000);
  await clock.advanceAsync(1_000_000);
  assert.equal(asked(PROVIDER), 1);
  behaviour.answer = undefined;
  network.intercept = () => undefined;
  await until("registered", 340_000);
  assert.equal(registration.flow?.remote.host, BACKUP);
  assert.equal(asked(PROVIDER), 1);
});

for (const status of [500, 502, 504]) {
  test(`a registrar that answers ${status} is passed by for the next, also where it holds the registration`, async () => {
    const { clock, registration, network, behaviour, until } = setup({
      targets: [PROVIDER, BACKUP].map((host) => ({ transport: "udp", host, port: 5060 })),
    });
    registration.start();
    await until("registered");
    assert.equal(registration.flow?.remote.host, PROVIDER);
    const own = behaviour.answer;
    network.intercept = ({ to }) => {
      behaviour.answer =
        to.host === PROVIDER
          ? (transaction) =>
              transaction.respond(buildResponse(transaction.request, status, undefined, { toTag: "t" }))
          : own;
      return undefined;
    };
    assert.ok(await clock.runUntilAsync(() => registration.flow?.remote.host === BACKUP, 700_000));
    assert.equal(registration.status.state, "registered");
  });
}

test("pauses grow while the provider is away, and it comes back by itself", async () => {
  const { clock, registration, behaviour, statuses, until } = setup();
  behaviour.answer = (transaction) =>
    transaction.respond(buildResponse(transaction.request, 500, undefined, { toTag: "t" }));
  registration.start();
  await clock.advanceAsync(3_600_000);
  const pauses = statuses.map(({ retryInMs }) => retryInMs ?? 0);
  assert.ok((pauses[0] ?? 0) <= 5_000);
  assert.ok(Math.max(...pauses) <= 300_000 && Math.max(...pauses) >= 225_000);
  assert.ok(pauses.length < 30);
  behaviour.answer = undefined;
  await until("registered", 301_000);
  assert.equal(registration.status.failed, undefined);
});

test("a failed refresh is tried again while the registration holds", async () => {
  const { clock, registration, behaviour, location, until } = setup();
  registration.start();
  await until("registered");
  behaviour.answer = () => {};
  await until("waiting", 700_000);
  assert.ok(registration.status.registeredUntil !== undefined);
  assert.equal(location.lookup("trunk").length, 1);
  behaviour.answer = undefined;
  await until("registered");
  await clock.advanceAsync(1);
  assert.equal(location.lookup("trunk").length, 1);
});

test("no address, or a resolver that fails, is a failure with a reason", async () => {
  const { registration, until } = setup({ targets: [] });
  registration.start();
  await until("waiting");
  assert.match(registration.status.failed?.text ?? "", /leads to no address/);
});

test("stop after a failed refresh takes back the registration that still holds", async () => {
  const { location, registration, behaviour, until } = setup();
  registration.start();
  await until("registered");
  behaviour.answer = () => {};
  await until("waiting", 700_000);
  behaviour.answer = undefined;
  const stopped = registration.stop();
  await until("stopped", 2_001);
  await stopped;
  assert.equal(location.lookup("trunk").length, 0);
});

test("stop in every state ends within 2 s", async () => {
  const silent = setup();
  silent.behaviour.answer = () => {};
  silent.registration.start();
  await silent.clock.advanceAsync(100);
  const stopped = silent.registration.stop();
  await silent.until("stopped", 2_001);
  await stopped;

  const never = setup();
  await never.registration.stop();
  assert.equal(never.registration.status.state, "stopped");

  const waiting = setup({ targets: [] });
  waiting.registration.start();
  await waiting.until("waiting");
  await waiting.registration.stop();
  assert.equal(waiting.clock.pending, 0);

  const again = setup();
  again.registration.start();
  await again.until("registered");
  void again.registration.stop();
  await again.until("stopped");
  again.registration.start();
  await again.until("registered");
});

test("with 20 % loss the registration holds for 8 hours (5 seeds)", async () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const { clock, registration, location, until } = setup({ seed, loss: 0.2 });
    registration.start();
    await until("registered");
    for (let minute = 0; minute < 8 * 60; minute += 1) {
      await clock.advanceAsync(60_000);
      assert.equal(location.lookup("trunk").length, 1, `seed ${seed}, minute ${minute}`);
    }
  }
});

test("over TCP the Contact says so, and a broken connection is replaced at the next refresh", async () => {
  const { clock, registration, network, transport, sent, until } = setup({
    targets: [{ transport: "tcp", host: PROVIDER, port: 5060 }],
  });
  registration.start();
  await until("registered");
  assert.match(sent()[0]?.text ?? "", /Contact: <sip:[0-9a-f]{16}@192\.0\.2\.1:5060;transport=tcp>/);
  const first = registration.flow;
  transport.dropStreams();
  assert.equal(registration.flow === undefined, true);
  await clock.advanceAsync(600_000);
  assert.equal(registration.status.state, "registered");
  assert.equal(registration.flow?.open, true);
  assert.notEqual(registration.flow, first);
  assert.ok(network.log.length > 4);
});

test("T2: a stream that died without a word is found out by the next REGISTER, which goes over another one at once", async () => {
  const { clock, registration, network, sent, until } = setup({
    targets: [{ transport: "tcp", host: PROVIDER, port: 5060 }],
  });
  registration.start();
  await until("registered");
  const first = registration.flow;
  const port = first?.local.port;
  network.intercept = ({ from, to }) => (from.port === port || to.port === port ? "drop" : undefined);
  await until("refreshing", 600_000);
  const before = sent().length;
  await until("registered", 33_000);
  assert.notEqual(registration.flow, first);
  await clock.advanceAsync(1_000);
  assert.ok(sent().length <= before + 3);
});

test("T2: a REGISTER without an answer ends no stream on which something came since", async () => {
  const { clock, registration, network, behaviour, servers, until } = setup({
    targets: [{ transport: "tcp", host: PROVIDER, port: 5060 }],
  });
  registration.start();
  await until("registered");
  const { flow } = registration;
  behaviour.answer = ({ flow: back }) => {
    const headers = [
      ["From", "<sip:provider.example>;tag=p"],
      ["To", "<sip:provider.example>"],
      ["Call-ID", "p"],
      ["CSeq", "1 OPTIONS"],
      ["Max-Forwards", "70"],
    ] as const;
    const asks = (): void => {
      const request = buildRequest({ method: "OPTIONS", uri: "sip:provider.example", headers });
      servers[0]?.request(request, back, { onResponse() {}, onTimeout() {}, onTransportError() {} });
    };
    // Not in the last seconds before Timer F.
    clock.after(10_000, asks);
    clock.after(20_000, asks);
  };
  await until("waiting", 700_000);
  assert.equal(registration.flow, flow, "calls go on there");
  assert.equal(flow?.open, true);
  assert.equal(network.connects.length, 1);
});
