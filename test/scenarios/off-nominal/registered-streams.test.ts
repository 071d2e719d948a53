import assert from "node:assert/strict";
import { test } from "node:test";
import { Scenario } from "../harness.ts";

const REGISTRAR = "10.0.0.20";

for (const kind of ["tcp", "tls"] as const) {
  const uri = `sip:provider.example;transport=${kind}`;
  const port = kind === "tls" ? 5061 : 5060;
  const target = (host: string) => ({ transport: kind, host, port });
  const provider = `name: provider, kind: registration, hosts: ["${uri}"], numberFormat: e164, credentials: { username: "31501234567", password: provider-secret }`;

  test(`T2: ${kind}: a registration whose stream breaks is made anew at once, over one new stream`, async () => {
    const s = await Scenario.start({ provider, names: { [uri]: [target(REGISTRAR)] } });
    const home = s.trunk("provider", REGISTRAR, kind);
    const registers = (): number => home.others.filter(({ method }) => method === "REGISTER").length;
    await s.until(() => registers() === 1, 600_000);
    for (let times = 1; times <= 3; times++) {
      await s.run(30_000);
      home.transport.dropStreams();
      await s.until(() => registers() === times + 1, 300);
    }
    await s.run(100_000);
    assert.equal(registers(), 4, "one registration, on one flow");
  });
}

test("T2: streams that break as soon as they are there are not registered anew without a pause", async () => {
  const uri = "sip:provider.example;transport=tcp";
  const provider = `name: provider, kind: registration, hosts: ["${uri}"], numberFormat: e164, credentials: { username: "31501234567", password: provider-secret }`;
  const names = { [uri]: [{ transport: "tcp", host: REGISTRAR, port: 5060 }] } as const;
  const s = await Scenario.start({ provider, names });
  const home = s.trunk("provider", REGISTRAR, "tcp");
  const registers = (): number => home.others.filter(({ method }) => method === "REGISTER").length;
  await s.until(() => registers() === 1, 600_000);
  for (let second = 0; second < 120; second++) {
    home.transport.dropStreams();
    await s.run(1_000);
  }
  assert.ok(registers() <= 12, `${registers()} REGISTERs in two minutes`);
});
