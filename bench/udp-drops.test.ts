import assert from "node:assert/strict";
import { test } from "node:test";
import { sumDrops } from "./udp-drops.ts";

const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  100: 0100007F:7530 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 111 2 0000000000000000 3
  101: 0200007F:7530 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 112 2 0000000000000000 50
  102: 00000000:7532 0100007F:1234 01 00000000:00000000 00:00000000 00000000     0        0 113 2 0000000000000000 4
  103: 0100007F:7534 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 114 2 0000000000000000 700
`;

test("drops of the given ports, at the address or at any", () => {
  assert.equal(sumDrops(TABLE, "127.0.0.1", new Set([30_000, 30_002])), 7);
  assert.equal(sumDrops(TABLE, "127.0.0.2", new Set([30_000])), 50);
  assert.equal(sumDrops(TABLE, "127.0.0.1", new Set([40_000])), 0);
});
