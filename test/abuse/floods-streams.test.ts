// X2, X7 and T6: what comes over TCP and TLS beside good calls and registered phones.
// Over 5 s: each flood lasts some seconds, so that good calls run beside it.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { selfSigned } from "../contract/certificate.ts";
import { needs } from "../interop/needs.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { depth } from "../support/depth.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { registerPhone, stopEverySipp } from "../support/sipp.ts";
import { floodBesideCalls } from "./parts/beside-calls.ts";
import { StreamParty } from "./parts/stream-party.ts";

const DID = { phone: "+31501000001", streamPhone: "+31501000002", out: "+31501000003" } as const;
const SECONDS = depth(5, 10);
const TLS_PORT = 5061;
/** Connections that say nothing but a keep-alive come from so many. */
const ADDRESSES = Array.from({ length: 33 }, (_, at) => `127.0.203.${at + 1}`);

const [caller, at215, office, serverAddress, carrier] = [
  ownAddress(),
  ownAddress(),
  ownAddress(),
  ownAddress(),
  ownAddress(),
];

describe("floods over streams beside 20 calls a second", { skip: needs("sipp", "openssl") }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-floods-"));
  let server: TestServer;
  let phone: StreamParty;
  before(async () => {
    const { certPem, keyPem } = selfSigned([`IP:${serverAddress}`]);
    const [certificate, key] = [path.join(folder, "cert.pem"), path.join(folder, "key.pem")];
    writeFileSync(certificate, certPem);
    writeFileSync(key, keyPem);
    const company = companyText({
      caller,
      carrier,
      morePhones: Array.from({ length: 70 }, (_, at) => String(600 + at)),
      routes: {
        [DID.phone]: [ringPhone("215")],
        [DID.streamPhone]: [ringPhone("216", 3)],
        [DID.out]: ['{ type: fixedDestination, number: "+31612345678", ringSeconds: 3 }'],
      },
    }).replace(`sip:${carrier}:5060;transport=udp`, `sip:${carrier}:5060;transport=tcp`);
    const flags = ["--sips", `${serverAddress}:${TLS_PORT}`, "--tls-cert", certificate, "--tls-key", key];
    server = await startServer({ company, address: serverAddress, flags });
    await registerPhone(at215, `${serverAddress}:5060`, { extension: "215", password: PASSWORD });
    phone = await StreamParty.open(() => connect({ host: serverAddress, port: 5060, localAddress: office }));
    assert.equal(await phone.register("216", PASSWORD, serverAddress), "200");
  });
  after(async () => {
    phone.close();
    await stopEverySipp();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const keepsItsPlace = async (): Promise<void> => {
    assert.equal(phone.open, true);
    assert.equal(await phone.register("216", PASSWORD, serverAddress), "200");
  };

  test("T6: 70 phones over TLS behind one address register, 60 of them at once, and keep their places", async () => {
    const nat = ownAddress();
    const open = (): Promise<StreamParty> =>
      StreamParty.open(() => {
        const socket = connect({ host: serverAddress, port: TLS_PORT, localAddress: nat });
        return connectTls({ socket, rejectUnauthorized: false });
      });
    // As many as a stranger may have come together, the others after them.
    const phones = await Promise.all(Array.from({ length: 60 }, open));
    try {
      const statuses = await Promise.all(
        phones.map((one, at) => one.register(String(600 + at), PASSWORD, serverAddress)),
      );
      assert.deepEqual(new Set(statuses), new Set(["200"]));
      for (let at = phones.length; at < 70; at += 1) {
        const one = await open();
        phones.push(one);
        assert.equal(await one.register(String(600 + at), PASSWORD, serverAddress), "200", `phone ${at + 1}`);
      }
      assert.ok(phones.every(({ open }) => open));
    } finally {
      for (const one of phones) one.close();
    }
  });

  for (const tls of [false, true]) {
    const where = tls ? "TLS" : "TCP";
    test(`X2: 64 connections over ${where} that send CRLF CRLF without end`, async () => {
      const from = [ownAddress()];
      const flood = {
        kind: "streams",
        tls,
        from,
        perSource: 64,
        text: "\r\n\r\n".repeat(1_024),
        once: false,
      } as const;
      await floodBesideCalls(
        server,
        { caller, phone: at215, did: DID.phone },
        { server: serverAddress, port: tls ? TLS_PORT : 5060, seconds: SECONDS, ...flood },
        keepsItsPlace,
      );
      await keepsItsPlace();
      assert.ok((await server.metric("switchhook_sip_streams_cut_total")) > 0);
      assert.ok((await server.metric("switchhook_sip_sources_banned_total")) > 0);
    });

    test(`X7: ${ADDRESSES.length * 64} connections over ${where} with one keep-alive each, opened again as they are closed`, async () => {
      const flood = {
        kind: "streams",
        tls,
        from: ADDRESSES,
        perSource: 64,
        text: "\r\n\r\n",
        once: true,
      } as const;
      await floodBesideCalls(
        server,
        { caller, phone: at215, did: DID.phone },
        { server: serverAddress, port: tls ? TLS_PORT : 5060, seconds: SECONDS, ...flood },
        async () => {
          await keepsItsPlace();
          // The trunk gets in, and we get out to it.
          const trunk = await StreamParty.open(() =>
            connect({ host: serverAddress, port: 5060, localAddress: caller }),
          );
          assert.equal(await trunk.ask("OPTIONS", serverAddress), "200");
          const reached = listenOnce(carrier);
          await reached.listening;
          trunk.invite(DID.out, serverAddress);
          await until("our own stream to the trunk", () =>
            reached.text().startsWith("INVITE sip:+31612345678@"),
          );
          reached.close();
          trunk.close();
        },
      );
      await keepsItsPlace();
    });
  }
});

/** Accepts TCP connections and notes what they say. */
function listenOnce(address: string) {
  let text = "";
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    sockets.add(socket);
  });
  const listening = new Promise<void>((resolve) => {
    server.listen(5060, address, resolve);
  });
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { listening, text: () => text, close };
}
