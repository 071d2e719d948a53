import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { openStation, optionsFor, until } from "../../../test/contract/transport-parts.ts";
import { systemClock } from "../../runtime/clock.ts";

const HOST = "127.0.0.1";

/** A station's stream to a server that does with keep-alives as it is told. */
async function streamTo(onPing: (socket: Socket, count: number) => void) {
  let pings = 0;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      if (chunk.toString("latin1") === "\r\n\r\n") onPing(socket, (pings += 1));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, HOST, resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const listen = [{ transport: "tcp", host: HOST, port: 0 }] as const;
  const station = await openStation({ listen, limits: { keepAliveMs: 40, pongMs: 60 } });
  const flow = station.transport.flowTo({ transport: "tcp", host: HOST, port }) ?? assert.fail();
  station.transport.send(optionsFor(flow), flow, () => {});
  const close = async (): Promise<void> => {
    await station.transport.close();
    server.close();
  };
  return { station, flow, close, pings: () => pings };
}

test("T2: a stream that we opened is kept open by keep-alives, and answers to them are no faults", async () => {
  const { station, flow, close, pings } = await streamTo((socket) => void socket.write("\r\n"));
  await until("ten keep-alives", () => pings() >= 10);
  assert.equal(flow.open, true);
  assert.deepEqual(station.ear.faults, []);
  await close();
});

test("T2: a peer that has answered keep-alives and does so no more has lost its stream", async () => {
  const { station, flow, close } = await streamTo((socket, count) => {
    if (count <= 2) socket.write("\r\n");
  });
  await until("the end of the stream", () => station.ear.closed.length === 1);
  assert.equal(flow.open, false);
  assert.match(station.ear.closed[0]?.reason ?? "", /does not answer keep-alives/);
  await close();
});

test("T2: a peer that never answers them is not taken for gone", async () => {
  const began = systemClock.now();
  const { station, flow, close, pings } = await streamTo(() => {});
  await until("ten keep-alives", () => pings() >= 10);
  assert.equal(flow.open, true);
  assert.equal(flow.endIfSilent?.(began), false, "not since it is there");
  assert.equal(flow.endIfSilent?.(systemClock.now()), true, "who had no answer finds it out");
  await until("the end of the stream", () => station.ear.closed.length === 1);
  assert.match(station.ear.closed[0]?.reason ?? "", /nothing comes from the peer/);
  await close();
});

test("T2: a peer that has said that it answers them, and does not, has lost its stream (RFC 5626 §4.4.1)", async () => {
  const { station, flow, close, pings } = await streamTo(() => {});
  await until("the first keep-alive", () => pings() === 1);
  station.transport.keepAlive(flow, true);
  await until("the end of the stream", () => station.ear.closed.length === 1);
  assert.match(station.ear.closed[0]?.reason ?? "", /does not answer keep-alives/);
  await close();
});

test("T2: one that is asked for goes out at once, and not while another waits for its answer", async () => {
  const { station, flow, close, pings } = await streamTo((socket) => void socket.write("\r\n"));
  await until("the first keep-alive", () => pings() === 1);
  for (let times = 0; times < 5; times += 1) station.transport.keepAlive(flow, true);
  const more = pings();
  await until("the next", () => pings() > more);
  assert.ok(pings() <= more + 2, `${pings()} after ${more}`);
  assert.equal(flow.open, true);
  await close();
});
