// What callers over TLS find: protocols and ciphers, and where --tls-client-ca asks them for a certificate.

import assert from "node:assert/strict";
import { connect as connectTcp } from "node:net";
import { after, test } from "node:test";
import { type ConnectionOptions, connect } from "node:tls";
import { selfSigned } from "../../../test/contract/certificate.ts";
import { openStation, optionsText, type Station, until } from "../../../test/contract/transport-parts.ts";
import { makeCertificates } from "../../../test/fakes/certificates.ts";

const HOST = "127.0.0.1";
const made = makeCertificates();
const ours = { certPem: made.good.cert, keyPem: made.good.key };
const theirs = selfSigned(["DNS:provider.test"]);
const listen = [
  { transport: "tls", host: HOST, port: 0 },
  { transport: "tcp", host: HOST, port: 0 },
] as const;
const versions = ["TLSv1.2", "TLSv1.3"] as const;

const stations: Station[] = [];
after(() => Promise.all(stations.map(({ transport }) => transport.close())));

interface Line {
  readonly fields: object;
  readonly text: string;
}

async function open(clientCaPem?: string): Promise<{ one: Station; lines: Line[] }> {
  const lines: Line[] = [];
  const note = (fields: object, text: string): unknown => lines.push({ fields, text });
  const log = { warn: note, error: note };
  const one = await openStation({ listen, tls: { ...ours, clientCaPem }, log });
  stations.push(one);
  return { one, lines };
}

function portOf({ transport }: Station, kind: "tls" | "tcp"): number {
  return transport.listeners.find((listener) => listener.transport === kind)?.local.port ?? 0;
}

interface Outcome {
  readonly heard: boolean;
  /** The error that ended it. */
  readonly why: string;
  readonly cipher: string;
  readonly session: Buffer | undefined;
  /** A session of before was taken up again. */
  readonly isReused: boolean;
}

/** Connects and says something. */
async function dial(station: Station, client: ConnectionOptions): Promise<Outcome> {
  const { heard } = station.ear;
  const before = heard.length;
  let [why, session, cipher, isReused]: [string?, Buffer?, string?, boolean?] = [];
  const socket = connect({ port: portOf(station, "tls"), host: HOST, rejectUnauthorized: false, ...client });
  socket.on("error", (error: NodeJS.ErrnoException) => (why = `${error.code} ${error.message}`));
  socket.on("session", (given) => (session = given));
  socket.on("secureConnect", () => {
    cipher = socket.getCipher().name;
    isReused = socket.isSessionReused();
  });
  let closed = false;
  socket.on("close", () => (closed = true));
  socket.write(optionsText());
  await until("an outcome", () => closed || (heard.length > before && session !== undefined));
  socket.destroy();
  return {
    heard: heard.length > before,
    why: why ?? "",
    cipher: cipher ?? "",
    session,
    isReused: isReused ?? false,
  };
}

const refused: readonly (readonly [what: string, client: ConnectionOptions, reason: string])[] = [
  ["nothing", {}, "it shows no certificate, which --tls-client-ca asks for"],
  [
    "what somebody made",
    { cert: theirs.certPem, key: theirs.keyPem },
    "its certificate is of no authority that --tls-client-ca names",
  ],
  ["what has ended", made.expired, "its certificate has expired"],
];

for (const maxVersion of versions) {
  for (const [what, client, reason] of refused) {
    test(`mutual TLS: who shows ${what} is refused, and the log says why (${maxVersion})`, async () => {
      const { one, lines } = await open(made.ca);
      for (const time of [1, 2]) {
        const { heard, why } = await dial(one, { ...client, maxVersion });
        assert.equal(heard, false);
        if (reason.includes("no certificate")) assert.match(why, /alert/i);
        await until("it is counted", () => one.counters.get("sip_tls_handshake_errors") === time);
      }
      const text = `a caller over TLS was turned away: ${reason}; said at most once a minute`;
      assert.deepEqual(lines, [{ fields: { address: HOST, reason, times: 1 }, text }]);
      await until("no connections", () => one.transport.connections === 0);
      await one.transport.close();
    });
  }

  test(`mutual TLS: who shows what its authority has signed is heard, whatever its name (${maxVersion})`, async () => {
    const { one, lines } = await open(made.ca);
    assert.equal((await dial(one, { ...made.good, maxVersion })).heard, true);
    assert.equal((await dial(one, { ...made.wrongName, maxVersion })).heard, true);
    assert.deepEqual(lines, []);
    await one.transport.close();
  });

  test(`B12: no session is taken up again: there are no tickets, whose key would be as old as the server (${maxVersion})`, async () => {
    const { one } = await open();
    const { heard, session } = await dial(one, { maxVersion });
    assert.deepEqual([heard, session !== undefined], [true, true]);
    const again = await dial(one, { maxVersion, session });
    assert.deepEqual([again.heard, again.isReused], [true, false]);
    await one.transport.close();
  });

  test(`mutual TLS: after a reload the old authority opens nothing, by an old session neither (${maxVersion})`, async () => {
    const { one, lines } = await open(made.ca);
    const { heard, session } = await dial(one, { ...made.good, maxVersion });
    assert.equal(heard, true);
    one.transport.reloadTls({ ...ours, clientCaPem: theirs.certPem });
    assert.equal((await dial(one, { ...made.good, maxVersion, session })).heard, false);
    assert.equal((await dial(one, { maxVersion, session })).heard, false);
    const { certPem: cert, keyPem: key } = theirs;
    assert.equal((await dial(one, { cert, key, maxVersion })).heard, true);
    await until("the line", () => lines.length === 1);
    await one.transport.close();
  });
}

test("mutual TLS: the TCP listener beside it, and our own streams, are as before", async () => {
  const { one } = await open(made.ca);
  const socket = connectTcp(portOf(one, "tcp"), HOST);
  socket.write(optionsText());
  await until("the message", () => one.ear.heard.length === 1);
  socket.destroy();
  const peer = await open();
  const flow = one.transport.flowTo({ transport: "tls", host: HOST, port: portOf(peer.one, "tls") });
  const reasons: string[] = [];
  assert.ok(flow !== undefined);
  one.transport.send(one.ear.heard[0]?.message ?? assert.fail(), flow, ({ text }) => reasons.push(text));
  await until("the refusal", () => reasons.length > 0);
  // The peer's authority is none of the usual ones: those who may call us are not those whom we trust.
  assert.match(reasons[0] ?? "", /authority which is not trusted here/);
  await Promise.all([one.transport.close(), peer.one.transport.close()]);
});

test("nothing below TLS 1.2 and no weak cipher is spoken; each side's best is taken", async () => {
  const { one } = await open();
  const weak = [
    "AES128-GCM-SHA256",
    "AES256-SHA",
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-ECDSA-AES256-SHA384",
    "ECDHE-ECDSA-AES128-CCM8",
    "AECDH-AES128-SHA",
    "ECDHE-ECDSA-NULL-SHA",
  ];
  for (const ciphers of weak) {
    const { heard, why } = await dial(one, { ciphers: `${ciphers}:@SECLEVEL=0`, maxVersion: "TLSv1.2" });
    assert.equal(heard, false, ciphers);
    assert.match(why, /alert.handshake.failure/i, ciphers);
  }
  for (const version of ["TLSv1", "TLSv1.1"] as const) {
    const ciphers = "ALL:@SECLEVEL=0";
    const { heard, why } = await dial(one, { minVersion: version, maxVersion: version, ciphers });
    assert.equal(heard, false, version);
    assert.match(why, /alert.protocol.version/i, version);
  }
  // The server's order counts, not the caller's.
  const both = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";
  const { cipher } = await dial(one, { ciphers: both, maxVersion: "TLSv1.2" });
  assert.equal(cipher, "ECDHE-ECDSA-AES128-GCM-SHA256");
  assert.match((await dial(one, {})).cipher, /^TLS_AES_256_GCM_SHA384$/);
  await one.transport.close();
});
