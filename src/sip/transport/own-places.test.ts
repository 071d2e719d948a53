import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { OwnPlaces } from "./own-places.ts";

const clock = new VirtualClock();
const at = (
  host: string,
  port: number,
): { readonly local: { readonly host: string; readonly port: number } } => ({
  local: { host, port },
});

test("a listener's address and port are ours, another port of it is not", () => {
  const own = new OwnPlaces([at("127.1.2.3", 5060), at("127.1.2.3", 5061)], clock);
  assert.equal(own.has({ host: "127.1.2.3", port: 5061 }), true);
  assert.equal(own.has({ host: "::ffff:127.1.2.3", port: 5060 }), true);
  assert.equal(own.has({ host: "127.1.2.3", port: 5062 }), false);
  assert.equal(own.has({ host: "127.1.2.4", port: 5060 }), false);
});

test("a listener on all addresses is at each of this machine's", () => {
  const own = new OwnPlaces([at("0.0.0.0", 5060)], clock);
  const [first] = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  assert.equal(own.has({ host: first?.address ?? "127.0.0.1", port: 5060 }), true);
  assert.equal(own.has({ host: "127.9.9.9", port: 5060 }), true);
  assert.equal(own.has({ host: "192.0.2.77", port: 5060 }), false);
});

test("what we announce is ours, with the port that it names", () => {
  const own = new OwnPlaces([{ ...at("0.0.0.0", 5060), announced: "198.51.100.1:6060" }], clock);
  assert.equal(own.has({ host: "198.51.100.1", port: 6060 }), true);
  assert.equal(own.has({ host: "198.51.100.1", port: 5060 }), false);
  const plain = new OwnPlaces([{ ...at("::", 5060), announced: "[2001:db8::1]:5060" }], clock);
  assert.equal(plain.has({ host: "2001:db8::1", port: 5060 }), true);
});
