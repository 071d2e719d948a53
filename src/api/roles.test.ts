import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ROLES, type Role } from "./contract/role.ts";
import type { RouteShape } from "./contract/route.ts";
import { ROUTES } from "./contract/routes.ts";
import type { ApiPorts } from "./ports.ts";
import { createApiServer } from "./server.ts";
import { silentPorts } from "./silent-ports.suite.ts";

test("every route has a name and an address of its own", () => {
  for (const name of [({ id }: RouteShape) => id, ({ method, path }: RouteShape) => `${method} ${path}`]) {
    const all = ROUTES.map(name);
    assert.deepEqual(all, [...new Set(all)]);
  }
});

test("I6: no route that changes something is open to a page of another address, whatever the browser adds", async () => {
  const server = createApiServer({
    ...silentPorts,
    monotonicMs: () => 0,
    authenticate: () => ({ name: "Anna", role: "administrator", via: "session" }),
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const unsafe = ROUTES.filter(({ method }) => method !== "GET");
  const foreign: readonly Readonly<Record<string, string>>[] = [
    { origin: "http://evil.example" },
    { "sec-fetch-site": "cross-site", origin: `http://127.0.0.1:${port}` },
  ];
  try {
    assert.ok(unsafe.length > 40);
    for (const { id, method, path } of unsafe)
      for (const headers of foreign) {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1${path.replaceAll(/:\w+/g, "x")}`, {
          method,
          headers: { "content-type": "application/json", ...headers },
        });
        const { code } = (await answer.json()) as { readonly code: string };
        assert.deepEqual([answer.status, code], [403, "crossSite"], `${id} with ${JSON.stringify(headers)}`);
      }
  } finally {
    await server.close();
  }
});

/** A server to which a request's role is what it says. */
async function believing(ports: Partial<ApiPorts>, work: (address: string) => Promise<void>): Promise<void> {
  let minutes = 0;
  const server = createApiServer({
    ...silentPorts,
    // A minute later each time: no limit of requests is in the way.
    monotonicMs: () => (minutes += 60_000),
    authenticate: ({ headers }) => {
      const role = headers.authorization as Role | undefined;
      return role === undefined ? undefined : { name: `a ${role}`, role, via: "token" };
    },
    ...ports,
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  try {
    await work(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}/api/v1`);
  } finally {
    await server.close();
  }
}

test("which phones' passwords are easily guessed is told to those who can change them", async () => {
  const nothing = await silentPorts.overview();
  const needsYou = (["weakPassword", "callsSideSilent"] as const).map((code) => ({
    code,
    args: {},
    text: code,
  }));
  await believing({ overview: async () => ({ ...nothing, needsYou }) }, async (address) => {
    for (const role of ROLES) {
      const answer = await fetch(`${address}/home`, { headers: { authorization: role } });
      const seen = ((await answer.json()) as typeof nothing).needsYou.map(({ code }) => code);
      const isTold = role === "editor" || role === "administrator";
      assert.deepEqual(seen, [...(isTold ? ["weakPassword"] : []), "callsSideSilent"], role);
    }
  });
});

test("I10: each route asks for a role: whoever has less is answered 403, whoever is unknown 401", () =>
  believing({}, async (address) => {
    const statusOf = async ({ method, path }: RouteShape, role: Role | undefined): Promise<number> => {
      const url = `${address}${path.replaceAll(/:\w+/g, "x")}`;
      const answer = await fetch(url, { method, headers: role === undefined ? {} : { authorization: role } });
      await answer.arrayBuffer();
      return answer.status;
    };
    assert.ok(ROUTES.length > 15);
    for (const route of ROUTES) {
      const unknown = await statusOf(route, undefined);
      assert.equal(unknown === 401, route.role !== "open", `${route.id} for a stranger: ${unknown}`);
      for (const [rank, role] of ROLES.entries()) {
        const status = await statusOf(route, role);
        const isEnough = route.role === "open" || rank >= ROLES.indexOf(route.role);
        assert.equal(status !== 403, isEnough, `${route.id} for ${role}: ${status}`);
        assert.notEqual(status, 401, `${route.id} for ${role}`);
        assert.notEqual(status, 500, `${route.id} for ${role}`);
      }
    }
  }));
