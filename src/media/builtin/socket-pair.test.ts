import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { ownAddress } from "../../../test/support/loopback.ts";
import { systemClock } from "../../runtime/clock.ts";
import { randomIds } from "../../runtime/ids.ts";
import { PortPool } from "./port-pool.ts";
import { openPair } from "./socket-pair.ts";

const pool = new PortPool({ min: 42_000, max: 42_019 }, 0, systemClock, randomIds());
const ignore = (): void => undefined;

/** The address from which a packet of a pair that is bound like this arrives at `to`. */
async function sourceOf(bind: Parameters<typeof openPair>[1], to: string): Promise<string> {
  const pair = await openPair(pool, bind, ignore, ignore);
  assert.ok(pair.ok, "a pair opens");
  const party = createSocket("udp4").bind(0, to);
  await once(party, "listening");
  const arrived = once(party, "message") as Promise<[Buffer, { readonly address: string }]>;
  pair.value.rtp.send(Buffer.from("sound"), { address: to, port: party.address().port });
  const [, from] = await arrived;
  party.close();
  pair.value.close();
  return from.address;
}

test("sound leaves from the address that was announced, not from the one that the route would take", async () => {
  const [own, party] = [ownAddress(), ownAddress()];
  const bind = { address: own, family: 4, fallback: "0.0.0.0" } as const;
  assert.equal(await sourceOf(bind, party), own);
});

test("an announced address that is not of this machine (a router's) does not stop a call, an asked for one does", async () => {
  const router = { address: "192.0.2.1", family: 4 } as const;
  assert.equal(await sourceOf({ ...router, fallback: "0.0.0.0" }, ownAddress()), "127.0.0.1");
  const refused = await openPair(pool, router, ignore, ignore);
  assert.deepEqual(refused, {
    ok: false,
    error: {
      status: 503,
      reason: {
        code: "media.notOurAddress",
        args: { address: "192.0.2.1" },
        text: "The media address 192.0.2.1 is not one of this machine.",
      },
    },
  });
});
