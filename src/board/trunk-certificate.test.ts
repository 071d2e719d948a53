import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStation, optionsFor, type Station, until } from "../../test/contract/transport-parts.ts";
import { makeCertificates } from "../../test/fakes/certificates.ts";
import { seededIds } from "../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { trunkLines } from "../cli/trunks.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { TrunkStatus } from "../model/trunk-status.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import {
  buildResponse,
  createTransactions,
  type FarCertificate,
  type Flow,
  type Target,
  type Transactions,
} from "../sip/index.ts";
import { buildRequest } from "../sip/message/build.ts";
import { sipSaid } from "../sip/words.ts";
import { TargetHealth } from "./target-health.ts";
import { Trunks } from "./trunks.ts";

// Issue 10, item 4: the certificate of a trunk in `switchhook trunks`, and the warning before it ends. Real TLS, and a calendar that
// the test sets: the certificate lasts two days from now.

const HOST = "127.0.0.1";
const DAY_MS = 86_400_000;
const { ca, good } = makeCertificates();
const tls = { certPem: good.cert, keyPem: good.key, caPem: ca };
let carrier: Station;
let answering: Transactions;
/** The carrier's end of the stream that we opened last. */
let heardOn: Flow | undefined;
const deaf = { onRequest() {}, onAck() {}, onCancel() {}, onStrayResponse() {}, onServerFailure() {} };

before(async () => {
  carrier = await openStation({ listen: [{ transport: "tls", host: HOST, port: 0 }], tls });
  answering = createTransactions({
    clock: systemClock,
    ids: seededIds(2),
    transport: carrier.transport,
  });
  answering.use({
    ...deaf,
    onRequest: (one) => {
      heardOn = one.flow;
      one.respond(buildResponse(one.request, 200, undefined, { toTag: "carrier" }));
    },
  });
});

after(async () => {
  answering.close();
  await carrier.transport.close();
});

/**
 * A switchboard's trunks whose calendar is `days` off; `status` is what it knows once the trunk has answered, `meanwhile` is
 * done before it is closed.
 */
async function asked(
  days: number,
  meanwhile: (trunks: Trunks, cameOn: () => Flow | undefined) => Promise<void> = async () => {},
) {
  const clock: Clock = {
    now: () => systemClock.now(),
    wall: () => systemClock.wall() + days * DAY_MS,
    after: (delayMs, run) => systemClock.after(delayMs, run),
  };
  const us = await openStation({ listen: [], tls: { caPem: ca } });
  const ids = seededIds(3);
  const port = carrier.transport.listeners[0]?.local.port ?? 0;
  const transactions = createTransactions({ clock, ids, transport: us.transport });
  let cameOn: Flow | undefined;
  transactions.use({
    ...deaf,
    onRequest: (one) => {
      cameOn = one.flow;
      one.respond(buildResponse(one.request, 200, undefined, { toTag: "us" }));
    },
  });
  const warnings: string[] = [];
  const changed: string[] = [];
  const trunks = new Trunks({
    transport: us.transport,
    transactions,
    clock,
    ids,
    realm: "office.example",
    installation: "0123456789abcdef0123456789abcdef",
    resolve: () => Promise.resolve([{ transport: "tls", host: HOST, port, serverName: "localhost" }]),
    isOurs: () => false,
    onStatus() {},
    onChanged: (name) => void changed.push(name),
    onWarning: (text) => void warnings.push(text),
  });
  const trunk = {
    name: "carrier",
    kind: "peer",
    hosts: ["sips:localhost"],
    acceptFrom: [],
    probeSeconds: 0.1,
  };
  trunks.follow({ trunks: [trunk] } as unknown as Snapshot);
  const status = (): TrunkStatus => trunks.status()[0] ?? assert.fail();
  try {
    await until("the trunk has answered", () => status().targets[0]?.state === "up");
    assert.deepEqual(changed, ["carrier"], "told once, when its place came up");
    const found = { warnings, status: status(), port };
    await meanwhile(trunks, () => cameOn);
    return found;
  } finally {
    await trunks.stop();
    transactions.close();
    await us.transport.close();
  }
}

const ENDS = "then no call can go there. Its provider has to renew it.";

for (const [days, left, shown, warned] of [
  [-20, 21, "(21 days left)", undefined],
  [-13, 14, "(14 days left)", undefined],
  [-12, 13, "(13 days left)", "ends in 13 days"],
  [0, 1, "(1 day left)", "ends in 1 day"],
  [1, 0, "(0 days left)", "ends in 0 days"],
  [2, -1, "ended ", "has ended"],
] as const) {
  test(`switchhook trunks: a certificate with ${left} days left is shown, and ${warned === undefined ? "no word of it" : "a warning"} is logged`, async () => {
    const { warnings, status, port } = await asked(days);
    const certificate = status.targets[0]?.certificate;
    assert.equal(certificate?.subject, "good");
    assert.equal(certificate.daysLeft, left);
    const line = trunkLines(status, "UTC").find((text) => text.includes("certificate"));
    assert.match(line ?? "", /; certificate of good, /);
    assert.ok(line?.includes(shown), line);
    const place = `tls:${HOST}:${port}`;
    assert.deepEqual(
      warnings,
      warned === undefined
        ? []
        : [`The certificate of trunk "carrier" at ${place} (good) ${warned}; ${ENDS}`],
    );
  });
}

test("T7: a request on the TLS stream that we opened to a trunk by name is the trunk's (RFC 5923)", async () => {
  await asked(0, async (trunks, cameOn) => {
    const flow = heardOn ?? assert.fail();
    const back = optionsFor(flow).headers;
    const headers = [...back.entries()].filter(([name]) => name.toLowerCase() !== "via");
    const heard: number[] = [];
    answering.request(buildRequest({ method: "OPTIONS", uri: "sip:office.example", headers }), flow, {
      onResponse: ({ status }) => void heard.push(status),
      onTimeout() {},
      onTransportError() {},
    });
    await until("we have answered", () => heard.includes(200));
    assert.equal(trunks.byFlow(cameOn() ?? assert.fail())?.name, "carrier");
  });
});

test("a certificate is told again each day of a connection that lasts, and at once on a new one", () => {
  const clock = new VirtualClock();
  const told: FarCertificate[] = [];
  const health = new TargetHealth({
    clock,
    ids: seededIds(1),
    onTurn() {},
    onCertificate: (_, certificate) => void told.push(certificate),
  });
  const response = { status: 200, reason: "OK" } as unknown as Parameters<TargetHealth["answered"]>[1];
  const flow = (subject: string): Flow => {
    const remote = { host: HOST, port: 5061 };
    const certificate = { subject, expires: 0 };
    return { transport: "tls", remote, certificate } as unknown as Flow;
  };
  const first = flow("first");
  for (let hour = 0; hour < 49; hour += 1) {
    health.answered(first, response);
    clock.advance(3_600_000);
  }
  assert.equal(told.length, 3, "at once, after one day and after two");
  health.answered(flow("second"), response);
  assert.deepEqual(
    told.map(({ subject }) => subject),
    ["first", "first", "first", "second"],
  );
});

test("T9: a place that stays down for another reason is told again; the same reason and other answers are not", () => {
  const told: string[] = [];
  const clock = new VirtualClock();
  const health = new TargetHealth({
    clock,
    ids: seededIds(1),
    onTurn: (place) => void told.push(`${health.of(at).state} ${health.of(at).lastAnswer?.answer} ${place}`),
    onCertificate() {},
  });
  const at: Target = { transport: "udp", host: HOST, port: 5060 };
  const flow = { transport: "udp", remote: { host: HOST, port: 5060 } } as unknown as Flow;
  const [refused, silent] = [sipSaid("flow.refused", {}), sipSaid("peer.noAnswer", {})];
  for (const reason of [refused, refused, silent, silent, refused]) {
    health.failed(at, reason);
    clock.advance(1_000);
  }
  const since = health.of(at).since;
  for (const status of [200, 486]) {
    health.answered(flow, { status, reason: "" } as unknown as Parameters<TargetHealth["answered"]>[1]);
  }
  const place = `udp:${HOST}:5060`;
  assert.deepEqual(told, [
    `down connection refused ${place}`,
    `down no answer ${place}`,
    `down connection refused ${place}`,
    `up 200 ${place}`,
  ]);
  assert.equal(since, clock.wall() - 5_000, "down since the first");
});
