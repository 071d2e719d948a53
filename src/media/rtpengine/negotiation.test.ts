import assert from "node:assert/strict";
import { test } from "node:test";
import type { Result } from "../../lib/result.ts";
import type { MediaFault } from "../engine.ts";
import { type Agreement, mayHear, Negotiation } from "./negotiation.ts";

const AT = { address: "198.51.100.1", port: 40_000 } as const;
const AT6 = { address: "2001:db8::1", port: 40_000 } as const;

interface Said {
  readonly address?: string;
  readonly port?: number;
  readonly formats?: string;
  readonly lines?: readonly string[];
}

function sdp({ address = "192.0.2.7", port = 5000, formats = "8 101", lines = [] }: Said = {}): Uint8Array {
  const type = address.includes(":") ? "IP6" : "IP4";
  const all = ["v=0", `o=phone 1 1 IN ${type} ${address}`, "s=-", `c=IN ${type} ${address}`, "t=0 0"];
  const media = [`m=audio ${port} RTP/AVP ${formats}`, "a=rtpmap:101 telephone-event/8000", ...lines];
  return Buffer.from([...all, ...media].map((line) => `${line}\r\n`).join(""));
}

function done<T>(result: Result<T, MediaFault>): T {
  if (!result.ok) assert.fail(result.error.reason.text);
  return result.value;
}

/** The party offers, and is answered. */
function offered(one: Negotiation, said?: Said): Agreement {
  const at = said?.address?.includes(":") === true ? AT6 : AT;
  done(one.remoteOffer(sdp(said), at.address));
  done(one.answer(done(one.plan(undefined)), at));
  return one.agreed ?? assert.fail("nothing is agreed");
}

const where = ({ place }: Agreement): string => `${place?.address} ${place?.port}`;

for (const [what, first, holds] of [
  ["over IPv6 with c=IN IP6 ::", { address: "2001:db8::7" }, [{ address: "::" }]],
  ["with 0.0.0.0 and inactive", {}, [{ address: "0.0.0.0", lines: ["a=inactive"] }]],
  [
    "twice, on another port each time",
    {},
    [
      { address: "0.0.0.0", port: 6000 },
      { address: "0.0.0.0", port: 7000 },
    ],
  ],
] as const) {
  test(`M6: a party that holds ${what} is nowhere else: what it sends then comes from where it was`, () => {
    const one = new Negotiation("1");
    const before = where(offered(one, first));
    for (const hold of holds) {
      const held = offered(one, hold);
      assert.deepEqual([where(held), mayHear(held)], [before, false]);
    }
    assert.equal(mayHear(offered(one, first)), true);
    assert.equal(where(offered(one, { ...first, port: 5008 })), before.replace("5000", "5008"));
  });
}

test("M6: who never said where it is, as it holds from the first, is in no place until it says", () => {
  const one = new Negotiation("1");
  assert.equal(offered(one, { address: "0.0.0.0" }).place, undefined);
  assert.equal(where(offered(one)), "192.0.2.7 5000");
});

for (const [what, formats, lines, codec, payloadType, event] of [
  [
    "G.722 and events under dynamic numbers",
    "120 110",
    ["a=rtpmap:120 G722/8000", "a=rtpmap:110 telephone-event/8000"],
    "G722",
    120,
    110,
  ],
  ["PCMU under a dynamic number, no events", "96", ["a=rtpmap:96 PCMU/8000"], "PCMU", 96, undefined],
  [
    "two codecs whose numbers are changed about",
    "9 8",
    ["a=rtpmap:9 PCMA/8000", "a=rtpmap:8 G722/8000"],
    "PCMA",
    9,
    undefined,
  ],
] as const) {
  test(`M7: an answer with ${what} is understood by its own numbers, not by those of our offer`, () => {
    const one = new Negotiation("1");
    one.offer(AT, undefined);
    const agreed = done(one.remoteAnswer(sdp({ formats, lines }), AT.address));
    assert.deepEqual(
      [agreed.codec.codec, agreed.codec.payloadType, agreed.telephoneEvent],
      [codec, payloadType, event],
    );
  });
}
