import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import { ADDRESS_VECTORS } from "../../../test/fakes/address-vectors.ts";
import { startDnsServer } from "../../../test/fakes/dns-server.ts";
import { type FaultServer, reply, startFaultServer } from "../../../test/fakes/fault-server.ts";
import { fixedNames, testClient, VALUES, webhookAt } from "../../../test/fakes/webhook-client.ts";
import { systemClock } from "../../runtime/clock.ts";
import { dnsResolver } from "../dns-resolver.ts";

// The one loopback address that stands for the public Internet here; everything else on loopback is a victim.
const OUTSIDE = "127.77.0.1";
const ONLY_OUTSIDE = [`${OUTSIDE}/32`];
const REFUSED =
  /: webhooks never connect to such an address\.$|add its network to security\.webhookAllowedNetworks\.$/;
const NO_URL = /^The webhook's URL cannot be used: /;

/** Listens on every loopback address, IPv4 and IPv6, on one port, and must never see a connection. */
const victims: FaultServer[] = [];
let outside: FaultServer;
let port: number;

before(async () => {
  victims.push(await startFaultServer(reply("status=ACK&callername=victim"), { host: "::" }));
  port = victims[0]?.port ?? 0;
  outside = await startFaultServer(reply("status=ACK&callername=outside"), { host: OUTSIDE });
});

after(async () => {
  for (const server of [...victims, outside]) await server.close();
});

const vectors = ADDRESS_VECTORS.map((vector) => ({ ...vector, url: `http://${vector.host}:${port}/` }));
const literals = ADDRESS_VECTORS.flatMap(({ host, kind }) => {
  if (kind === "notAUrl") return [];
  const { hostname } = new URL(`http://${host}/`);
  const address = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return net.isIP(address) === 0 ? [] : [{ host, address, kind }];
});

/** Connections that the victims have seen. */
function touched(): number {
  return victims.reduce((sum, server) => sum + server.connections, 0);
}

describe("no address of D5 is connected to", () => {
  test("the victims do listen, also on IPv6", async () => {
    const client = testClient();
    const seen = touched();
    for (const host of ["127.0.0.1", "[::1]", "localhost", "127.0.0.255", "[::ffff:127.0.0.1]"]) {
      const result = await client.ask(webhookAt(`http://${host}:${port}/`), VALUES);
      assert.equal(result.callerName, "victim", `${host}: ${result.reason}`);
    }
    assert.ok(touched() > seen);
    await client.close();
  });

  test("in the URL of the webhook", async () => {
    const client = testClient({ allowedNetworks: () => ONLY_OUTSIDE });
    const seen = touched();
    for (const { host } of vectors) {
      const result = await client.ask(webhookAt(`http://${host}:${port}/`, 1_000), VALUES);
      assert.equal(result.verdict, "error", host);
      assert.ok(REFUSED.test(result.reason) || NO_URL.test(result.reason), `${host}: ${result.reason}`);
    }
    assert.equal(touched(), seen);
    await client.close();
  });

  test("behind userinfo that looks like a harmless host", async () => {
    const client = testClient({ allowedNetworks: () => ONLY_OUTSIDE });
    const seen = touched();
    for (const prefix of ["crm.example@", "crm.example:80@", "crm.example%2F@", "8.8.8.8:80@"]) {
      const result = await client.ask(webhookAt(`http://${prefix}127.0.0.1:${port}/`, 1_000), VALUES);
      assert.equal(result.verdict, "error", prefix);
      assert.ok(REFUSED.test(result.reason) || NO_URL.test(result.reason), `${prefix}: ${result.reason}`);
    }
    assert.equal(touched(), seen);
    await client.close();
  });

  test("in a redirect", async () => {
    const client = testClient({ allowedNetworks: () => ONLY_OUTSIDE });
    const seen = touched();
    for (const { host } of vectors) {
      for (const prefix of ["http://", "//", `http://${OUTSIDE}@`]) {
        outside.behave(reply("", 302, [`Location: ${encodeLocation(`${prefix}${host}:${port}/`)}`]));
        const result = await client.ask(webhookAt(`http://${OUTSIDE}:${outside.port}/`, 1_000), VALUES);
        assert.equal(result.verdict, "error", host);
        const known =
          REFUSED.test(result.reason) || result.reason.endsWith("is not an http or https address.");
        assert.ok(known, `${host}: ${result.reason}`);
      }
    }
    assert.equal(touched(), seen);
    outside.behave(reply("status=ACK&callername=outside"));
    await client.close();
  });

  test("as the A or AAAA record of a name", async () => {
    for (const { host, address } of literals) {
      const dns = fixedNames({ "crm.example": [address] });
      const client = testClient({ allowedNetworks: () => ONLY_OUTSIDE, dns });
      const seen = touched();
      const result = await client.ask(webhookAt(`http://crm.example:${port}/`, 1_000), VALUES);
      assert.match(result.reason, REFUSED, host);
      assert.equal(touched(), seen, host);
      await client.close();
    }
  });

  test("among other addresses of a name, wherever it stands: the others are used", async () => {
    for (const { host, address } of literals) {
      const seen = touched();
      for (const addresses of [
        [address, OUTSIDE],
        [OUTSIDE, address],
        [address, address, OUTSIDE, address],
      ]) {
        const dns = fixedNames({ "crm.example": addresses });
        const client = testClient({ allowedNetworks: () => ONLY_OUTSIDE, dns });
        const result = await client.ask(webhookAt(`http://crm.example:${outside.port}/`, 1_000), VALUES);
        assert.equal(result.callerName, "outside", `${host}: ${result.reason}`);
        await client.close();
      }
      assert.equal(touched(), seen, host);
    }
  });

  test("metadata and link-local not even where everything is listed", async () => {
    for (const { host, address, kind } of literals) {
      if (kind !== "forbidden") continue;
      const dns = fixedNames({ "crm.example": [address] });
      const client = testClient({ allowedNetworks: () => ["0.0.0.0/0", "::/0"], dns });
      for (const url of [`http://${host}:${port}/`, `http://crm.example:${port}/`]) {
        const result = await client.ask(webhookAt(url, 1_000), VALUES);
        assert.match(result.reason, /: webhooks never connect to such an address\.$/, url);
      }
      await client.close();
    }
  });
});

describe("DNS rebinding (D6)", () => {
  test("a name that alternates between public and private, TTL 0: no private connect in 1,000 calls", async () => {
    let asked = 0;
    const server = await startDnsServer((_name, type) => {
      if (type === "AAAA") return { addresses: [], ttl: 0 };
      asked += 1;
      return { addresses: [asked % 2 === 0 ? "127.0.0.1" : OUTSIDE], ttl: 0 };
    });
    // The victim listens on the same port, so that only the address decides.
    const trap = await startTrapBeside(outside.port);
    outside.behave(reply("status=ACK", 200, ["Connection: close"]));
    const dns = dnsResolver({ clock: systemClock, servers: [server.address], systemLookup: undefined });
    const client = testClient({ allowedNetworks: () => ONLY_OUTSIDE, dns });
    const webhook = webhookAt(`http://crm.example:${outside.port}/`);
    const verdicts = { ack: 0, nak: 0, error: 0 };
    for (let i = 0; i < 1_000; i += 1) {
      const result = await client.ask(webhook, VALUES);
      verdicts[result.verdict] += 1;
      if (result.verdict === "error") assert.match(result.reason, REFUSED);
    }
    assert.equal(trap.connections, 0);
    assert.ok(verdicts.ack >= 400 && verdicts.error >= 400, JSON.stringify(verdicts));
    await client.close();
    await server.close();
    await trap.close();
    outside.behave(reply("status=ACK&callername=outside"));
  });

  test("on each hop of a redirect as well", async () => {
    let asked = 0;
    const dns = {
      async resolve() {
        asked += 1;
        return { ok: true, value: { addresses: [asked === 1 ? OUTSIDE : "127.0.0.1"], ttl: 0 } } as const;
      },
    };
    outside.behave(reply("", 302, ["Location: /again", "Connection: close"]));
    const client = testClient({ allowedNetworks: () => ONLY_OUTSIDE, dns });
    const result = await client.ask(webhookAt(`http://crm.example:${outside.port}/`), VALUES);
    assert.match(result.reason, /is at 127\.0\.0\.1, which is a loopback address/);
    assert.equal(asked, 2);
    await client.close();
    outside.behave(reply("status=ACK&callername=outside"));
  });
});

describe("connecting", () => {
  test("a name with a dead and a living address reaches the living one", async () => {
    const dns = fixedNames({ "crm.example": ["127.77.0.9", OUTSIDE] });
    const client = testClient({ dns });
    const result = await client.ask(webhookAt(`http://crm.example:${outside.port}/`), VALUES);
    assert.equal(result.callerName, "outside", result.reason);
    await client.close();
  });
});

/** A listener on 127.0.0.1 with a port that another address of this machine already uses. */
async function startTrapBeside(
  taken: number,
): Promise<{ readonly connections: number; close(): Promise<void> }> {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(taken, "127.0.0.1", resolve);
  });
  return {
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/** Header lines are Latin-1; a Location with other letters comes percent-encoded, as servers send it. */
function encodeLocation(location: string): string {
  return location.replace(/[^ -~]+/g, (letters) => encodeURIComponent(letters));
}
