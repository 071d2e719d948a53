// Over 5 s: calls run in circles until they are stopped.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, headers, kind } from "../support/sip-text.ts";
import { Party, sdp, token } from "./parts/party.ts";

const FIRST = "+31501111111";
const SECOND = "+31502222222";
const THIRD = "+31503333333";
const toOutside = (destination: string): string =>
  `{ type: fixedDestination, number: "${destination}", ringSeconds: 20 }`;

interface Shape {
  readonly numbers: readonly (readonly [number: string, ...destinations: string[]])[];
}

/** Servers that are each other's trunk, in a ring; what each does with its number is up to the test. */
async function ring(shapes: readonly Shape[], caller: string): Promise<readonly TestServer[]> {
  const addresses = shapes.map(() => ownAddress());
  return Promise.all(
    shapes.map(({ numbers }, at) => {
      const company = companyText({
        caller,
        carrier: addresses[(at + 1) % addresses.length] ?? "",
        routes: Object.fromEntries(
          numbers.map(([own, ...destinations]) => [own, destinations.map(toOutside)]),
        ),
      }).replace("acceptFrom: [", `acceptFrom: [${addresses.map((address) => `"${address}/32", `).join("")}`);
      return startServer({ company, address: addresses[at] ?? "" });
    }),
  );
}

/** Calls once and tells the status, the time it took, and how many calls all servers together saw. */
async function callInto(servers: readonly TestServer[], caller: Party) {
  const [first] = servers;
  assert.ok(first !== undefined);
  const began = performance.now();
  const from = `<sip:+31687654321@${caller.address}>;tag=${token()}`;
  const shape = { method: "INVITE", uri: `sip:${FIRST}@${first.address}`, from, body: sdp(caller.address) };
  const status = kind(await caller.ask(shape, first));
  const elapsedMs = performance.now() - began;
  const passes = await Promise.all(servers.map((server) => server.metric("switchhook_calls_total")));
  return { status, elapsedMs, passes: passes.reduce((sum, count) => sum + count, 0) };
}

describe("B8: loops end", () => {
  const address = ownAddress();
  let caller: Party;
  before(async () => {
    caller = await Party.open(address);
  });
  after(async () => {
    await caller.close();
  });

  test("B8: two servers that send the call to each other: over in 5 passes and 2 s, with 482 or 483", async () => {
    const servers = await ring([{ numbers: [[FIRST, SECOND]] }, { numbers: [[SECOND, FIRST]] }], address);
    try {
      const { status, elapsedMs, passes } = await callInto(servers, caller);
      assert.match(status, /^48[23]$/);
      assert.ok(passes > 1 && passes <= 6, `${passes} passes`);
      assert.ok(elapsedMs <= 2_000, `${elapsedMs} ms`);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });

  test("B8: three servers, each of which tries two ways: over at once all the same", async () => {
    const servers = await ring(
      [
        { numbers: [[FIRST, SECOND, SECOND]] },
        { numbers: [[SECOND, THIRD, THIRD]] },
        { numbers: [[THIRD, FIRST, FIRST]] },
      ],
      address,
    );
    try {
      const { status, elapsedMs, passes } = await callInto(servers, caller);
      assert.match(status, /^48[0236]$/);
      // At most 5 passes deep; what branches is bounded by that.
      assert.ok(passes <= 63, `${passes} passes`);
      assert.ok(elapsedMs <= 4_000, `${elapsedMs} ms`);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });
});

describe("B8: what one call may cost", () => {
  const address = ownAddress();
  const carrierAddress = ownAddress();
  const phones = Array.from({ length: 15 }, (_, at) => String(401 + at));
  let server: TestServer;
  let caller: Party;
  let carrier: Party;
  let gear: Party;
  let moreGear: Party;
  before(async () => {
    const company = companyText({
      caller: address,
      carrier: carrierAddress,
      routes: {
        [FIRST]: [toOutside(SECOND)],
        [SECOND]: ['{ type: group, group: "500", ringSeconds: 2 }'],
        [THIRD]: [ringPhone("215", 10)],
      },
    })
      .replace(
        "groups:",
        `${phones.map((extension) => `  - { extension: "${extension}", name: P, password: ${PASSWORD} }`).join("\n")}\ngroups:`,
      )
      .replace(
        "groups:",
        `groups:\n  - { extension: "500", name: All, members: [${phones.map((one) => `"${one}"`).join(", ")}], strategy: all }`,
      );
    server = await startServer({ company });
    caller = await Party.open(address);
    carrier = await Party.open(carrierAddress);
    gear = await Party.open(ownAddress());
    moreGear = await Party.open(ownAddress());
    for (const extension of ["215", "216", ...phones]) {
      assert.equal(await gear.register(extension, PASSWORD, server), "200");
      if (extension.startsWith("4"))
        assert.equal(await moreGear.register(extension, PASSWORD, server), "200");
    }
  });
  after(async () => {
    await Promise.all([caller.close(), carrier.close(), gear.close(), moreGear.close()]);
    await server.stop();
  });

  const call = (destination: string, maxForwards = 70): Promise<string> =>
    caller.ask(
      {
        method: "INVITE",
        uri: `sip:${destination}@${server.address}`,
        from: `<sip:+31687654321@${address}>;tag=${token()}`,
        body: sdp(address),
        maxForwards,
      },
      server,
    );

  for (const [came, goes] of [
    [70, "69"],
    [10, "9"],
    [1, "0"],
  ] as const) {
    test(`B8: Max-Forwards ${came} goes on as ${goes} (RFC 7332)`, async () => {
      carrier.heard.length = 0;
      carrier.onRequest = (request, place) => {
        if (kind(request) === "INVITE") void carrier.reply(request, place, 486);
      };
      await call(FIRST, came);
      assert.deepEqual(
        carrier.of("INVITE").map((invite) => header(invite, "Max-Forwards")),
        [goes],
      );
      assert.ok(headers(carrier.of("INVITE")[0] ?? "", "Diversion").length === 1);
    });
  }

  test("B8: Max-Forwards 0 ends here with 483", async () => {
    carrier.heard.length = 0;
    assert.equal(kind(await call(FIRST, 0)), "483");
    assert.deepEqual(carrier.of("INVITE"), []);
  });

  test("B8: one INVITE rings at most 20 of 30 phones at once", async () => {
    for (const party of [gear, moreGear]) {
      party.onRequest = (request, place) => {
        if (kind(request) === "CANCEL") void party.reply(request, place, 200);
      };
    }
    gear.heard.length = 0;
    await call(SECOND);
    const invites = [...gear.of("INVITE"), ...moreGear.of("INVITE")];
    const legs = new Set(invites.map((invite) => header(invite, "Call-ID")));
    assert.equal(legs.size, 20);
  });

  test("B8: a chain of redirections ends after 5", async () => {
    gear.heard.length = 0;
    gear.onRequest = (request, place) => {
      if (kind(request) !== "INVITE") return;
      const next = request.startsWith("INVITE sip:215@") ? "216" : "215";
      const contact = ["Contact", `<sip:${next}@${server.address}>`] as const;
      void gear.reply(request, place, 302, { headers: [contact] });
    };
    assert.match(kind(await call(THIRD)), /^48[0236]$/);
    const legs = new Set(gear.of("INVITE").map((invite) => header(invite, "Call-ID")));
    assert.equal(legs.size, 6, "the first and 5 redirections");
    await server.callsOver();
  });
});
