import assert from "node:assert/strict";
import { test } from "node:test";
import { CONNECTIONS, type Connected, Connections } from "./connections.ts";

class FakeSocket implements Connected {
  readonly remoteAddress: string;
  writableLength = 0;
  readableEnded = false;
  ended = false;
  #onClose: () => void = () => {};

  constructor(address: string) {
    this.remoteAddress = address;
  }
  destroy(): void {
    this.ended = true;
    this.#onClose();
  }
  destroySoon(): void {
    this.destroy();
  }
  once(_event: "close", listener: () => void): void {
    this.#onClose = listener;
  }
}

function open(connections: Connections, address: string, count = 1): readonly FakeSocket[] {
  return Array.from({ length: count }, () => {
    const socket = new FakeSocket(address);
    connections.opened(socket);
    return socket;
  });
}

const ended = (sockets: readonly FakeSocket[]): number => sockets.filter((socket) => socket.ended).length;

test("X11: a source that hoards half-sent requests loses its oldest, and always gets a new one", () => {
  const connections = new Connections();
  const hoard = open(connections, "203.0.113.1", 1000);
  assert.equal(ended(hoard), 1000 - CONNECTIONS.ofSource);
  assert.ok(hoard.slice(-CONNECTIONS.ofSource).every((socket) => !socket.ended));
  assert.equal(connections.size, CONNECTIONS.ofSource);
});

test("X11: strangers from everywhere leave a quarter to this machine, and none of them keeps another out", () => {
  const connections = new Connections();
  const strangers = Array.from({ length: 500 }, (_, at) =>
    open(connections, `198.51.${at >> 8}.${at & 255}`),
  ).flat();
  assert.equal(connections.size, CONNECTIONS.ofStrangers);
  const [late] = open(connections, "203.0.113.1");
  assert.equal(late?.ended, false);
  const local = open(connections, "127.0.0.1", CONNECTIONS.ofSource);
  assert.equal(ended(local), 0);
  assert.equal(connections.size, CONNECTIONS.all);
  assert.equal(ended(strangers), 500 - CONNECTIONS.ofStrangers + 1);
});

test("X11: who is being answered is not sent away; where all are, the new one is", () => {
  const connections = new Connections();
  const busy = open(connections, "203.0.113.1", CONNECTIONS.ofSource);
  for (const socket of busy) connections.asked(socket);
  const [refused] = open(connections, "203.0.113.1");
  assert.equal(refused?.ended, true);
  assert.equal(ended(busy), 0);
  const [first, second] = busy;
  assert.ok(first !== undefined && second !== undefined);
  connections.answered(second);
  connections.answered(first);
  assert.equal(open(connections, "203.0.113.1")[0]?.ended, false);
  assert.deepEqual([first.ended, second.ended], [false, true], "the one that has waited longest goes");
});

test("X11: of those being answered, who does not take the answer or has gone gives way; those that wait go first", () => {
  const connections = new Connections();
  const busy = open(connections, "203.0.113.1", CONNECTIONS.ofSource - 1);
  for (const socket of busy) connections.asked(socket);
  const [waits] = open(connections, "203.0.113.1");
  const [, unread, , gone] = busy;
  assert.ok(unread !== undefined && gone !== undefined);
  unread.writableLength = 100;
  gone.readableEnded = true;
  const left = (): readonly boolean[] => [waits?.ended === true, unread.ended, gone.ended];
  for (const expected of [
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]) {
    for (const socket of open(connections, "203.0.113.1")) connections.asked(socket);
    assert.deepEqual(left(), expected);
  }
  assert.equal(ended(open(connections, "203.0.113.1")), 1);
});

test("X11: a request sent ahead ends the connection with the first answer, and not before", () => {
  const connections = new Connections();
  const [socket] = open(connections, "203.0.113.1");
  assert.ok(socket !== undefined);
  connections.asked(socket);
  connections.askedAhead(socket);
  assert.equal(socket.ended, false);
  connections.answered(socket);
  assert.equal(socket.ended, true);
});

test("X11: IPv6 counts by /64, and wider by /48; IPv4 on a socket for both counts as IPv4", () => {
  const connections = new Connections();
  open(connections, "2001:db8:1:1::1", 40);
  open(connections, "2001:db8:1:1::2", 40);
  assert.equal(connections.size, CONNECTIONS.ofSource);
  for (let net = 2; net < 40; net++) open(connections, `2001:db8:1:${net}::1`, 10);
  assert.equal(connections.size, CONNECTIONS.ofNetwork);
  open(connections, "2001:db8:2::1", 10);
  assert.equal(connections.size, CONNECTIONS.ofNetwork + 10);
  const mapped = new Connections();
  open(mapped, "::ffff:203.0.113.1", 40);
  open(mapped, "203.0.113.1", 40);
  open(mapped, "::ffff:203.0.113.2", 40);
  assert.equal(mapped.size, CONNECTIONS.ofSource + 40);
});
