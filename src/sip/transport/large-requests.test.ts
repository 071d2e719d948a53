import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  openStation,
  optionsFor,
  type Station,
  type StationOptions,
  until,
} from "../../../test/contract/transport-parts.ts";
import { ownAddress } from "../../../test/support/loopback.ts";
import { buildRequest, buildResponse, withTopVia } from "../message/build.ts";
import type { SipRequest } from "../message/message.ts";
import { buildCancel, buildHopAck } from "../transaction/hop-requests.ts";
import type { ListenOptions } from "./layer.ts";
import type { HostPort } from "./transport.ts";

const stations: Station[] = [];
after(() => Promise.all(stations.map((one) => one.transport.close())));

async function station(options: StationOptions): Promise<Station> {
  const one = await openStation(options);
  stations.push(one);
  return one;
}

const body = "x".repeat(1_400);

async function bothKinds(options: Partial<StationOptions>): Promise<Station> {
  // At an address that no other process uses, so that both ports are free.
  const host = ownAddress();
  const listen: ListenOptions[] = [
    { transport: "udp", host, port: 5060 },
    { transport: "tcp", host, port: 5060 },
  ];
  return station({ listen, ...options });
}

const placeOf = ({ transport }: Station): HostPort => transport.listeners[0]?.local ?? assert.fail();

test("requests of more than 1,300 octets go by UDP unless asked otherwise", async () => {
  const one = await bothKinds({});
  const two = await bothKinds({});
  const flow = one.transport.flowTo({ transport: "udp", ...placeOf(two) }) ?? assert.fail();
  one.transport.send(optionsFor(flow, body), flow, ({ text }) => assert.fail(text));
  await until("the request", () => two.ear.heard.length === 1);
  assert.equal(two.ear.heard[0]?.flow.transport, "udp");
});

test("requests of more than 1,300 octets go by TCP if so configured, with a Via that says so; small ones and responses stay", async () => {
  const one = await bothKinds({ largeRequests: "tcp" });
  const two = await bothKinds({ largeRequests: "tcp" });
  const flow = one.transport.flowTo({ transport: "udp", ...placeOf(two) }) ?? assert.fail();
  const large = optionsFor(flow, body);
  one.transport.send(large, flow, ({ text }) => assert.fail(text));
  one.transport.send(optionsFor(flow), flow, ({ text }) => assert.fail(text));
  await until("both", () => two.ear.heard.length === 2);
  const kinds = new Map(two.ear.heard.map((heard) => [heard.message.callId, heard]));
  const got = kinds.get(large.callId);
  assert.equal(got?.flow.transport, "tcp");
  assert.equal(got?.message.via.transport, "TCP");
  assert.equal(got?.message.via.branch, large.via.branch);
  assert.equal(two.ear.heard.filter((heard) => heard.flow.transport === "udp").length, 1);
});

test("INVITEs of more than 1,300 octets have their CANCEL and the ACK of a refusal follow by TCP", async () => {
  const one = await bothKinds({ largeRequests: "tcp" });
  const two = await bothKinds({ largeRequests: "tcp" });
  const flow = one.transport.flowTo({ transport: "udp", ...placeOf(two) }) ?? assert.fail();
  const invite = (callId: string, sdp: string): SipRequest =>
    withTopVia(
      buildRequest({
        method: "INVITE",
        uri: "sip:bob@example.org",
        headers: [
          ["Max-Forwards", "70"],
          ["From", "<sip:alice@example.org>;tag=a1"],
          ["To", "<sip:bob@example.org>"],
          ["Call-ID", callId],
          ["CSeq", "1 INVITE"],
        ],
        body: sdp,
      }),
      `SIP/2.0/UDP ${flow.sentBy};branch=z9hG4bK-${callId};rport`,
    );
  const large = invite("large", body);
  const small = invite("small", "");
  const refused = buildResponse(large, 486, undefined, { toTag: "b1" });
  for (const request of [large, buildCancel(large, []), buildHopAck(large, refused), buildCancel(small, [])])
    one.transport.send(request, flow, ({ text }) => assert.fail(text));
  await until("all", () => two.ear.heard.length === 4);
  const kinds = two.ear.heard.map(
    ({ message, flow: by }) => `${message.callId} ${message.cseq.method} ${by.transport}`,
  );
  assert.deepEqual(kinds.toSorted(), [
    "large ACK tcp",
    "large CANCEL tcp",
    "large INVITE tcp",
    "small CANCEL udp",
  ]);
});

test("requests of more than 1,300 octets fall back to UDP where no TCP connection comes about, and then do not try again", async () => {
  const one = await bothKinds({ largeRequests: "tcp" });
  const two = await station({ listen: [{ transport: "udp", host: ownAddress(), port: 5060 }] });
  const flow = one.transport.flowTo({ transport: "udp", ...placeOf(two) }) ?? assert.fail();
  one.transport.send(optionsFor(flow, body), flow, ({ text }) => assert.fail(text));
  await until("the request", () => two.ear.heard.length === 1);
  assert.equal(two.ear.heard[0]?.message.via.transport, "UDP");
  one.transport.send(optionsFor(flow, body), flow, ({ text }) => assert.fail(text));
  await until("the second", () => two.ear.heard.length === 2);
  assert.equal(one.counters.get("sip_large_requests_by_tcp"), 1);
  assert.equal(one.counters.get("sip_large_requests_back_to_udp"), 1);
});
