// T9 on real sockets: streams to a trunk whose making never ends. Time is virtual.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { after, test } from "node:test";
import { trunkLines } from "../../../src/cli/trunks.ts";
import { SOCKET_NAME, SocketNetwork } from "../../fakes/socket-network.ts";
import { BOARD, CARRIER, Scenario } from "../harness.ts";

const OUTSIDE = "+31201234567";
/** Of a ServerHello: enough to see what it is, and never all of it. */
const BEGINNING = 60;

/** What a test has opened. */
const left: (() => unknown)[] = [];
let before: SocketNetwork | undefined;

async function closeAll(): Promise<void> {
  for (const close of left.splice(0).toReversed()) await close();
  await before?.close();
}

after(closeAll);

/** A host of the trunk that is no good, and how many streams of ours it has. */
interface Bad {
  readonly streams: () => number;
}

/** Takes connections and says what `say` makes of each. */
async function listens(host: string, port: number, say: (socket: Socket) => void): Promise<Bad> {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
    socket.resume();
    say(socket);
  });
  server.listen({ host, port });
  await once(server, "listening");
  left.push(() => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { streams: () => open.size };
}

/** A process that is stopped, and whose queue of connections is full: the system drops each further SYN. */
async function dropsSyn(host: string, port: number): Promise<Bad> {
  const code = `require("node:net").createServer().listen({ host: "${host}", port: ${port}, backlog: 1 }, () => console.log("up"))`;
  const child: ChildProcess = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  left.push(async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  });
  assert.ok(child.stdout);
  await once(child.stdout, "data");
  child.kill("SIGSTOP");
  const fillers = Array.from({ length: 4 }, () => connect({ host, port }).on("error", () => {}));
  left.push(() => {
    for (const filler of fillers) filler.destroy();
  });
  // Those that the queue takes are connected at once; when one is not, it is full.
  await Promise.all(fillers.slice(0, 2).map((filler) => once(filler, "connect")));
  return { streams: () => 0 };
}

/** What a TLS server answers to the hello that comes on `socket`, up to the middle of its own. */
function halfHello(socket: Socket, real: string): void {
  const tls = connect({ host: real, port: 5061 });
  tls.on("error", () => {});
  left.push(() => tls.destroy());
  socket.on("data", (octets: Buffer) => tls.write(octets));
  tls.once("data", (octets: Buffer) => socket.write(octets.subarray(0, BEGINNING)));
}

const KINDS = {
  "drops SYN": (host: string, port: number) => dropsSyn(host, port),
  "is open and says nothing": (host: string, port: number) => listens(host, port, () => {}),
  "begins its ServerHello and falls silent": (host: string, port: number, real: string) =>
    listens(host, port, (socket) => halfHello(socket, real)),
} as const;
type Kind = keyof typeof KINDS;

/** The hosts of a trunk over TLS in this order; the last one is there, if `last`. */
async function trunkOf(kinds: readonly Kind[], last: boolean) {
  await closeAll();
  const sockets = new SocketNetwork(before);
  before = sockets;
  await sockets.open([BOARD, CARRIER, "10.1.1.215", "10.1.1.216"]);
  const hosts = kinds.map((_, at) => `10.9.0.${at + 1}`);
  const bad: Bad[] = [];
  for (const [at, kind] of kinds.entries())
    bad.push(await KINDS[kind](sockets.address(hosts[at] ?? ""), 5061, sockets.address(CARRIER)));
  const uri = `sip:${SOCKET_NAME};transport=tls`;
  const all = last ? [...hosts, CARRIER] : hosts;
  const s = await Scenario.start({
    carrierHosts: `"${uri}"`,
    names: {
      [uri]: all.map((host) => ({ transport: "tls", host, port: 5061, serverName: SOCKET_NAME }) as const),
    },
    carrierKind: "tls",
    outsideCalls: "perPhone: 20, perCompany: 20, newPerMinute: 60",
    sockets,
  });
  s.carrier.onCall = (call) => call.answer();
  return { s, bad };
}

async function dials(s: Scenario): Promise<{ readonly status: number | undefined; readonly ms: number }> {
  const began = s.clock.now();
  const call = s.at("215").invite(OUTSIDE);
  await s.until(() => (call.last ?? 0) >= 200 && call.last !== 401 && call.last !== 407, 100_000);
  const ms = s.clock.now() - began;
  if (call.last === 200) call.bye();
  await s.run(200);
  return { status: call.last, ms };
}

function told(s: Scenario): string {
  const { trunks } = s.board.access({ bans: () => [], unban: () => false }, undefined);
  return trunks.flatMap((trunk) => trunkLines(trunk, "UTC")).join("\n");
}

for (const kind of Object.keys(KINDS) as Kind[]) {
  test(`T9: a host that ${kind}: the call goes to the next one in time, the second at once; nothing is left over`, async () => {
    const { s, bad } = await trunkOf([kind], true);
    const first = await dials(s);
    assert.equal(first.status, 200);
    assert.ok(first.ms >= 3_000 && first.ms <= 4_500, `${first.ms} ms`);
    assert.match(told(s), /down since .*: (?:no connection within the time limit|no answer)/);
    const second = await dials(s);
    assert.equal(second.status, 200);
    assert.ok(second.ms <= 1_000, `${second.ms} ms`);
    await s.run(10_000);
    assert.deepEqual(
      bad.map(({ streams }) => streams()),
      [0],
      "streams that never came about are closed",
    );
    assert.equal(s.board.counts().dialogs, 0);
  });
}

test("T9: hosts of each such kind and none that is there: the caller hears within 10 s, then within 1 s, why", async () => {
  const { s, bad } = await trunkOf(Object.keys(KINDS) as Kind[], false);
  const first = await dials(s);
  assert.equal(first.status, 480);
  assert.ok(first.ms <= 10_000, `${first.ms} ms`);
  const second = await dials(s);
  assert.equal(second.status, 480);
  assert.ok(second.ms <= 1_000, `${second.ms} ms`);
  assert.equal(told(s).match(/down since/g)?.length, 3);
  await s.run(10_000);
  assert.deepEqual(
    bad.map(({ streams }) => streams()),
    [0, 0, 0],
  );
  assert.equal(s.board.counts().calls, 0);
});
