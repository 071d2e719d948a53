import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { connect, type PeerCertificate } from "node:tls";
import { selfSigned } from "../../../test/contract/certificate.ts";
import {
  openStation,
  optionsFor,
  optionsText,
  type Station,
  until,
} from "../../../test/contract/transport-parts.ts";
import type { TlsOptions } from "./tls-context.ts";
import { sipIdentity } from "./tls-identity.ts";
import type { Target } from "./transport.ts";

const HOST = "127.0.0.1";
const good = selfSigned(["IP:127.0.0.1", "DNS:pbx.test"]);
const other = selfSigned(["DNS:other.test", "URI:sip:pbx.test"]);
const listen = [{ transport: "tls", host: HOST, port: 0 }] as const;

async function pair(
  client: TlsOptions,
  server: TlsOptions,
): Promise<{ from: Station; to: Station; target: Target }> {
  const from = await openStation({ listen, tls: client });
  const to = await openStation({ listen, tls: server });
  return {
    from,
    to,
    target: { transport: "tls", host: HOST, port: to.transport.listeners[0]?.local.port ?? 0 },
  };
}

/** Undefined when the message arrived, else why it did not. */
async function attempt(
  client: TlsOptions,
  server: TlsOptions,
  serverName?: string,
  otherNames: readonly string[] = [],
): Promise<string | undefined> {
  const { from, to, target } = await pair(client, server);
  const named = serverName === undefined ? target : { ...target, serverName, otherNames };
  const flow = from.transport.flowTo(named) ?? assert.fail();
  const reasons: string[] = [];
  from.transport.send(optionsFor(flow), flow, ({ text }) => reasons.push(text));
  await until("an outcome", () => reasons.length > 0 || to.ear.heard.length > 0);
  await Promise.all([from.transport.close(), to.transport.close()]);
  assert.equal(to.ear.heard.length, reasons.length > 0 ? 0 : 1);
  return reasons[0];
}

test("a peer whose certificate we do not trust gets nothing", async () => {
  assert.match((await attempt(good, good)) ?? "", /self-signed/);
  assert.match((await attempt({ ...good, caPem: other.certPem }, good)) ?? "", /self-signed|verify/);
});

test("a peer with a trusted certificate for another name gets nothing", async () => {
  const client = { ...good, caPem: good.certPem };
  assert.equal(await attempt(client, good), undefined);
  assert.equal(await attempt(client, good, "pbx.test"), undefined);
  assert.equal(
    await attempt(client, good, "elsewhere.test"),
    "the peer's certificate is not for elsewhere.test, but for IP Address:127.0.0.1, DNS:pbx.test",
  );
  assert.match((await attempt(client, good, "elsewhere.test", ["also.test"])) ?? "", /is not for elsewhere/);
  assert.equal(await attempt(client, good, "elsewhere.test", ["pbx.test"]), undefined);
  assert.match(
    (await attempt({ ...good, caPem: other.certPem }, other)) ?? "",
    /is not for 127\.0\.0\.1, but/,
  );
});

test("a SIP URI in the certificate counts as its name (RFC 5922 §7.1)", async () => {
  assert.equal(await attempt({ ...good, caPem: other.certPem }, other, "pbx.test"), undefined);
});

test("T11: a certificate that names a SIP domain is for no DNS name; a user or another scheme is no domain", () => {
  const named = (subjectaltname: string): PeerCertificate =>
    ({ subject: {}, subjectaltname }) as PeerCertificate;
  const table: readonly (readonly [names: string, asked: string, is: boolean])[] = [
    ["DNS:pbx.test, URI:sip:other.test", "pbx.test", false],
    ["URI:sip:other.test, DNS:pbx.test", "other.test", true],
    ["DNS:pbx.test, URI:SIP:OTHER.test:5061;transport=tls", "pbx.test", false],
    ["DNS:pbx.test, URI:sip:Other.Test:5061;transport=tls", "other.test", true],
    ["DNS:*.test, URI:sip:other.test", "pbx.test", false],
    ["DNS:pbx.test, URI:sip:alice@other.test", "pbx.test", true],
    ["DNS:pbx.test, URI:https://other.test, URI:sips:other.test", "pbx.test", true],
    ['DNS:pbx.test, URI:"sip:other.test;a=b,c"', "pbx.test", false],
    ["URI:sip:other.test, IP Address:192.0.2.7", "192.0.2.7", true],
    ["URI:sip:[2001:db8::7], DNS:pbx.test", "2001:db8::7", true],
    ["URI:sip:other.test, IP Address:192.0.2.7", "192.0.2.8", false],
  ];
  for (const [names, asked, is] of table)
    assert.equal(sipIdentity(asked, named(names)) === undefined, is, `${asked} in ${names}`);
});

test("T11: what is wrong with a peer's certificate is said with our setting, not with Node's", async () => {
  const untrusted = (await attempt(good, good)) ?? "";
  assert.equal(
    untrusted,
    "the peer's certificate is self-signed, which is not trusted here; name its authority with --tls-ca",
  );
  const plain = createServer((socket) => {
    socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  await new Promise<void>((resolve) => plain.listen(0, HOST, resolve));
  const from = await openStation({ listen, tls: good });
  const { port } = plain.address() as AddressInfo;
  const flow = from.transport.flowTo({ transport: "tls", host: HOST, port }) ?? assert.fail();
  const reasons: string[] = [];
  from.transport.send(optionsFor(flow), flow, ({ text }) => reasons.push(text));
  await until("an outcome", () => reasons.length > 0);
  assert.deepEqual(reasons, ["what answers there does not speak TLS"]);
  await from.transport.close();
  plain.close();
});

test("T1: of a stream that is gone there is no certificate, and asking for it does not throw", async (t) => {
  const { from, to, target } = await pair({ ...good, caPem: good.certPem }, good);
  t.after(() => from.transport.close());
  const flow = from.transport.flowTo(target) ?? assert.fail();
  from.transport.send(optionsFor(flow), flow, ({ text }) => assert.fail(text));
  await until("the request", () => to.ear.heard.length === 1);
  assert.ok(flow.certificate !== undefined);
  await to.transport.close();
  await until("the end of the stream", () => from.ear.closed.length === 1);
  assert.equal(flow.certificate, undefined);
});

test("verification can be switched off", async () => {
  assert.equal(await attempt({ ...good, verifyPeer: false }, other, "elsewhere.test"), undefined);
});

test("a quoted comma in another name does not make a SIP name", () => {
  const certificate = {
    subject: {},
    subjectaltname: 'DNS:"a, URI:sip:pbx.test"',
  } as unknown as PeerCertificate;
  assert.ok(sipIdentity("pbx.test", certificate) instanceof Error);
});

test("a new certificate is shown to new connections while open ones go on", async () => {
  const one = await openStation({ listen, tls: good });
  const port = one.transport.listeners[0]?.local.port ?? 0;
  const dial = async (ca: string) => {
    const socket = connect({ port, host: HOST, ca, checkServerIdentity: () => undefined });
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", reject);
    });
    return socket;
  };
  const before = await dial(good.certPem);
  one.transport.reloadTls(other);
  const after = await dial(other.certPem);
  await assert.rejects(dial(good.certPem));
  before.write(optionsText());
  after.write(optionsText({ cseq: 2 }));
  await until("both messages", () => one.ear.heard.length === 2);
  assert.throws(() => one.transport.reloadTls({ ...other, keyPem: good.keyPem }));
  before.destroy();
  after.destroy();
  await one.transport.close();
});

test("TLS below 1.2, and what is no TLS, is refused and counted", async () => {
  const one = await openStation({ listen, tls: good });
  const port = one.transport.listeners[0]?.local.port ?? 0;
  const old = connect({
    port,
    host: HOST,
    rejectUnauthorized: false,
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "ALL:@SECLEVEL=0",
  });
  old.on("error", () => {});
  await until("the refusal", () => old.destroyed);
  const plain = (await import("node:net")).connect(port, HOST);
  plain.on("error", () => {});
  plain.write(optionsText());
  await until(
    "the second refusal",
    () => plain.destroyed || one.counters.get("sip_tls_handshake_errors") >= 2,
  );
  plain.destroy();
  await until("no connections", () => one.transport.connections === 0);
  assert.equal(one.ear.heard.length, 0);
  await one.transport.close();
});

test("a TLS listener without a certificate is refused with a reason", async () => {
  await assert.rejects(
    openStation({ listen }),
    /cannot listen on tls 127.0.0.1 port 0: TLS needs a certificate and a key/,
  );
});
