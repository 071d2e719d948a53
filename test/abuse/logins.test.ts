// N9, X3, X8: whoever fails to log in is seen, once; and whoever only begins to is not.
// Over 5 s: wrong passwords are slowed down by seconds.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { Party } from "./parts/party.ts";

describe("N9: logins that fail", () => {
  const company = companyText({ caller: ownAddress(), routes: { "+31501234567": [ringPhone("215", 2)] } });
  let server: TestServer;
  let phone: Party;
  before(async () => {
    server = await startServer({ company });
    phone = await Party.open(ownAddress());
  });
  after(async () => {
    await phone.close();
    await server.stop();
  });

  const lines = (part: string): readonly string[] =>
    server.log.flatMap(({ msg }) => (msg?.includes(part) === true ? [msg] : []));

  test("N9: a wrong password and names that do not exist are rows and one log line each; a good login is none", async () => {
    assert.equal(await phone.register("216", PASSWORD, server), "200");
    for (const name of ["210", "bert", "215", "215"]) {
      assert.equal(await phone.register(name, "correct-hores", server, { callId: `as-${name}` }), "401");
    }
    const rows = await until("four attempts in rows", async () => {
      const found = await server.refused("registration");
      return found.reduce((sum, { attempts }) => sum + attempts, 0) === 4 && found;
    });
    const told = rows.map((row) => `${row.attempts} ${row.caller}`).sort();
    assert.deepEqual(told, ["1 210", "1 bert", "2 215"]);
    const reasons = await Promise.all(rows.map(async ({ id }) => (await server.call(id)).reason));
    const why = reasons.sort().join("\n");
    assert.match(
      why,
      /The password for "215" is wrong\..*\nThere is no phone "210"\. .*\nThere is no phone "bert"\./,
    );
    assert.equal(lines("A login from").length, 3);
    assert.match(lines('as "210"')[0] ?? "", /There is no phone "210"\./);
    assert.match((await server.cli("calls")).stderr, /4 logins of strangers/);
  });

  test("N9: the log says that a configuration is new only when something changed", async () => {
    const count = (): number => lines("A new configuration is in force").length;
    const before = count();
    await server.apply(company);
    const changed = company.replace("name: Sales", "name: Shop");
    assert.notEqual(changed, company);
    await server.apply(changed);
    await until("the line", () => count() > before);
    await server.apply(changed);
    // The same way comes behind what an unchanged one would have said.
    await server.apply(company);
    await until("the next line", () => count() > before + 1);
    assert.equal(count(), before + 2);
  });
});
