import assert from "node:assert/strict";
import { test } from "node:test";
import type { Company } from "./company.ts";
import { trunksWithoutSocket } from "./trunk-sockets.ts";

function warned(
  udp: readonly (4 | 6)[],
  hosts: readonly string[],
  outboundProxy?: string,
  places: readonly string[] = [],
): readonly string[] {
  const trunk = { name: "carrier", hosts, ...(outboundProxy === undefined ? {} : { outboundProxy }) };
  const company = { trunks: [trunk] } as unknown as Pick<Company, "trunks">;
  return trunksWithoutSocket(company, { udp, places }).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );
}

test("T8: a trunk over UDP whose family has no listener is named, with what to do", () => {
  assert.deepEqual(warned([4], ["sip:[2001:db8::7]:5070"]), [
    'trunks.0.hosts.0: Trunk "carrier" cannot be called here: the server listens on no IPv6 address for UDP. Start it with --sip [::]:5060 too, or reach the trunk by TCP or TLS (;transport=tcp).',
  ]);
  assert.match(
    warned([6], ["sip:sip.example.com", "sip:192.0.2.7;transport=UDP"])[0] ?? "",
    /^trunks\.0\.hosts\.1: .*IPv4/,
  );
  assert.match(warned([], ["sip:192.0.2.7:5060"])[0] ?? "", /IPv4/);
  assert.match(warned([4], ["sip:192.0.2.7"], "sip:[2001:db8::9]")[0] ?? "", /^trunks\.0\.outboundProxy: /);
});

test("T8: streams need no listener, and what a name leads to is not known", () => {
  const fine = [
    "sip:[2001:db8::7];transport=tcp",
    "sips:[2001:db8::7]",
    "sip:[::1]:5061;transport=tls",
    "sip:a.example",
  ];
  assert.deepEqual(warned([4], fine), []);
  assert.deepEqual(warned([4, 6], ["sip:[2001:db8::7]", "sip:192.0.2.7"]), []);
  assert.deepEqual(warned([4], ["sip:[2001:db8::7]"], "sip:192.0.2.9"), []);
});

test("T9: a host of a trunk that is this server itself is named, in whatever spelling", () => {
  const ours = ["10.0.0.1:5060", "10.0.0.1:5061", "[2001:db8::1]:5060", "pbx.example.com:5061"];
  const two = warned([4, 6], ["sip:192.0.2.7", "sip:10.0.0.1"], undefined, ours);
  assert.deepEqual(two, [
    'trunks.0.hosts.1: Trunk "carrier": sip:10.0.0.1 is this server itself (10.0.0.1:5060); it is called at its other hosts only.',
  ]);
  for (const host of [
    "sip:10.0.0.1:5060;transport=tcp",
    "sip:10.0.0.1;transport=TLS",
    "sips:PBX.example.com",
    "sip:[2001:DB8:0::1]",
    "sip:[::ffff:10.0.0.1]",
  ]) {
    const [only, ...more] = warned([4, 6], [host], undefined, ours);
    assert.match(only ?? "", /is this server itself .*; no call can go out over it\.$/, host);
    assert.deepEqual(more, []);
  }
  const none = warned([4, 6], ["sip:10.0.0.1", "sip:[2001:db8::1]"], undefined, ours);
  assert.deepEqual(
    none.map((text) => text.split("; ").at(-1)),
    ["no call can go out over it.", "no call can go out over it."],
  );
  for (const host of ["sip:10.0.0.1:5070", "sip:10.0.0.2", "sip:pbx.example.com"])
    assert.deepEqual(warned([4, 6], [host], undefined, ours), [], host);
  assert.match(warned([4], ["sip:192.0.2.7"], "sip:10.0.0.1", ours)[0] ?? "", /^trunks\.0\.outboundProxy: /);
});
