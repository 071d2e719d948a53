import assert from "node:assert/strict";
import { after, test } from "node:test";
import { callee, caller, engineWith, HOST, opened } from "../../../test/support/builtin-calls.ts";
import { until } from "../../../test/support/process.ts";
import { RtpParty } from "../../../test/support/rtp-party.ts";
import { MediaSocket } from "./media-socket.ts";

const PORT = 28_000;
const bind = { address: HOST, family: 4 } as const;
const sockets: MediaSocket[] = [];
after(() => {
  for (const socket of sockets) socket.close();
});

/** A socket on a port, and what came to it: the first octet of each datagram, with where it came from. */
async function opens(port: number): Promise<{ readonly socket: MediaSocket; readonly came: string[] }> {
  const came: string[] = [];
  const socket = await MediaSocket.open(bind, port, (octets, from) => came.push(`${octets[0]} ${from.port}`));
  if (!socket.ok) assert.fail(socket.error);
  sockets.push(socket.value);
  return { socket: socket.value, came };
}

const at = (port: number): { readonly address: string; readonly port: number } => ({ address: HOST, port });

test("a port that is taken, and an address of others, are told by the system's code", async () => {
  await opens(PORT);
  assert.deepEqual(await MediaSocket.open(bind, PORT, () => undefined), { ok: false, error: "EADDRINUSE" });
  const foreign = await MediaSocket.open({ address: "192.0.2.1", family: 4 }, PORT, () => undefined);
  assert.deepEqual(foreign, { ok: false, error: "EADDRNOTAVAIL" });
});

test("connected to the party, it hears nobody else until it is opened again", async () => {
  const [ours, party, stranger] = [await opens(PORT + 2), await opens(PORT + 4), await opens(PORT + 6)];
  ours.socket.keepTo(at(PORT + 4));
  // The connection is there when what the party sends is answered.
  await until("the connection", () => {
    ours.socket.send(Uint8Array.of(1), at(PORT + 4));
    return party.came.length > 0;
  });
  for (let n = 0; n < 10; n++) stranger.socket.send(Uint8Array.of(2), at(PORT + 2));
  party.socket.send(Uint8Array.of(3), at(PORT + 2));
  await until("the party", () => ours.came.length > 0);
  assert.deepEqual(ours.came, [`3 ${PORT + 4}`]);
  ours.socket.openToAll();
  stranger.socket.send(Uint8Array.of(4), at(PORT + 2));
  await until("the other", () => ours.came.length > 1);
  assert.equal(ours.came[1], `4 ${PORT + 6}`);
});

test("sending elsewhere than it is connected to opens it", async () => {
  const [ours, party, other] = [await opens(PORT + 8), await opens(PORT + 10), await opens(PORT + 12)];
  ours.socket.keepTo(at(PORT + 10));
  await until("the connection", () => {
    ours.socket.send(Uint8Array.of(1), at(PORT + 10));
    return party.came.length > 0;
  });
  ours.socket.send(Uint8Array.of(2), at(PORT + 12));
  await until("the other", () => other.came.length > 0);
  other.socket.send(Uint8Array.of(3), at(PORT + 8));
  await until("its answer", () => ours.came.length > 0);
});

test("nothing that is sent fails aloud: nobody there, another family, a closed socket", async () => {
  const [ours, party] = [await opens(PORT + 14), await opens(PORT + 16)];
  ours.socket.keepTo(at(PORT + 999));
  for (let n = 0; n < 5; n++) {
    ours.socket.send(Uint8Array.of(1), at(PORT + 999));
    ours.socket.send(Uint8Array.of(1), { address: "2001:db8::1", port: 5000 });
    ours.socket.send(Uint8Array.of(1), { address: "255.255.255.255", port: 5000 });
    await new Promise((resolve) => setImmediate(resolve));
  }
  ours.socket.send(Uint8Array.of(2), at(PORT + 16));
  await until("what goes on", () => party.came.length > 0);
  ours.socket.close();
  ours.socket.close();
  ours.socket.send(Uint8Array.of(3), at(PORT + 16));
  ours.socket.openToAll();
  ours.socket.keepTo(at(PORT + 16));
});

test("a connection that the system refuses leaves it open to all", async () => {
  const [ours, party] = [await opens(PORT + 18), await opens(PORT + 20)];
  // From loopback there is no way to a public address.
  ours.socket.keepTo({ address: "192.0.2.1", port: 5000 });
  await until("a packet", () => {
    ours.socket.send(Uint8Array.of(1), at(PORT + 20));
    return party.came.length > 0;
  });
  party.socket.send(Uint8Array.of(2), at(PORT + 18));
  await until("its answer", () => ours.came.length > 0);
});

test("a party whose NAT gives it another port during a flood is heard again", async () => {
  const { call } = opened(engineWith());
  const a = await caller(call);
  const b = await callee(call, "A");
  call.bridge("A", "B1");
  await b.until("the bridge", ({ endpoint }) => endpoint.heard.length > 5);
  const stranger = await RtpParty.quiet("127.0.0.66");
  stranger.aimAs(a);
  const flood = (): void => {
    for (let n = 0; n < 50; n++) stranger.endpoint.sendRaw(Buffer.alloc(172, 0x80));
  };
  for (let n = 0; n < 10; n++) {
    flood();
    await a.hear(20);
  }
  const again = await RtpParty.open();
  a.endpoint.sendSilence(false);
  again.aimAs(a);
  const heard = b.hearTone([600]);
  const talking = again.endpoint.sayTone([600], 4000);
  await heard;
  await again.until("an answer", ({ endpoint }) => endpoint.heard.length > 0);
  assert.equal(stranger.endpoint.heard.length, 0);
  await call.close();
  for (const party of [a, b, again, stranger]) party.close();
  await talking;
});
