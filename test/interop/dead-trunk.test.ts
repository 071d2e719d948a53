// H5, issue 10 shows 5: three dead hosts on real sockets. The first caller hears so within 10 s, the second within one.
// Over 5 s: time-outs of dead hosts run to their end.

import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, before, test } from "node:test";
import { placeTestCall } from "../../src/softphone/caller.ts";
import { ownAddress } from "../support/loopback.ts";
import { Program, until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";

const DID = "+31501000001";
const OUTSIDE = "+31201234567";
const CALLER_PORT = 40_000 + (process.pid % 10_000);
const hosts = [ownAddress(), ownAddress(), ownAddress()];
let server: TestServer;
const silent: net.Server[] = [];
const deaf: Program[] = [];
/** A port whose queue of connections is full and that takes none: the system drops every further SYN, as a black hole does. */
const DROPS = 5071;
const LISTENS = `require("net").createServer().listen({ port: ${DROPS}, host: process.argv[1], backlog: 1 }, () =>
  process.stdout.write("listening\\n", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)))`;
const filling: net.Socket[] = [];

async function blackHole(host: string): Promise<void> {
  const program = new Program(process.execPath, ["-e", LISTENS, host]);
  deaf.push(program);
  await until("it to listen", () => program.stdout.includes("listening"));
  for (let left = 8; left > 0; left -= 1)
    filling.push(net.connect({ port: DROPS, host }).on("error", () => {}));
  const [last] = filling.slice(-1);
  await until("its queue to be full", () => filling.some((socket) => socket.readyState === "open"));
  assert.equal(last?.readyState, "opening", "further connections hang");
}

function company(transport: string, port: number): string {
  const uris = hosts.map((host) => `"sip:${host}:${port};transport=${transport}"`).join(", ");
  return `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
security: { dialCountries: [NL] }
trunks:
  - { name: inbound, kind: peer, hosts: ["sip:127.0.0.1:${CALLER_PORT}"], acceptFrom: ["127.0.0.1/32"], probeSeconds: 0 }
  - { name: dead-${transport}-${port}, kind: peer, hosts: [${uris}] }
outbound: { trunk: dead-${transport}-${port} }
plans:
  - name: main
    steps: [{ type: fixedDestination, number: "${OUTSIDE}", ringSeconds: 60 }]
numbers: [{ number: "${DID}", plan: main }]
`;
}

before(async () => {
  for (const host of hosts) {
    // Where nothing was heard on a stream it is reset before another is opened (ADR 0123).
    const listener = net.createServer((socket) => socket.on("error", () => socket.destroy()));
    listener.listen(5070, host);
    await once(listener, "listening");
    silent.push(listener);
  }
  await Promise.all(hosts.map(blackHole));
  server = await startServer({ company: company("udp", 5060) });
});

after(async () => {
  await server.stop();
  for (const listener of silent) listener.close();
  for (const socket of filling) socket.destroy();
  for (const program of deaf) program.child.kill("SIGKILL");
});

let calls = 0;

/** What the caller heard, and after how long; by the server's own record, as making a caller takes its time too. */
async function call(): Promise<{ readonly status: number; readonly ms: number }> {
  const result = await placeTestCall({
    server: { host: server.address, port: server.port },
    port: CALLER_PORT,
    caller: { number: "+31612345678", name: "Jan" },
    called: DID,
    codes: [],
    talkMs: 0,
    messages: [],
    onNote() {},
  });
  assert.equal(result.kind, "refused");
  calls += 1;
  const rows = await server.recorded(calls, 60_000);
  const last = rows.reduce((a, b) => (a.startedAt > b.startedAt ? a : b));
  assert.match(JSON.stringify((await server.call(last.id)).story), /none of its 3 addresses took the call/);
  return { status: result.kind === "refused" ? result.status : 0, ms: last.endedAt - last.startedAt };
}

for (const [what, transport, port] of [
  ["that nobody hears over UDP", "udp", 5060],
  ["whose TCP port is closed", "tcp", 5060],
  ["that take TCP and say nothing", "tcp", 5070],
  ["that drop every SYN", "tcp", DROPS],
] as const) {
  test(`H5: three hosts ${what}`, async () => {
    await server.apply(company(transport, port));
    const first = await call();
    assert.equal(first.status, 480);
    assert.ok(first.ms <= 10_000, `first ${Math.round(first.ms)} ms`);
    const second = await call();
    assert.equal(second.status, 480);
    assert.ok(second.ms <= 1_000, `second ${Math.round(second.ms)} ms`);
    const { stdout } = await server.cli("trunks");
    assert.equal(stdout.match(new RegExp(`${transport}:127\\S+ {2}down since `, "g"))?.length, 3, stdout);
  });
}
