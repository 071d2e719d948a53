import assert from "node:assert/strict";
import { test } from "node:test";
import type { Company } from "./company.ts";
import { trunksWithoutSocket } from "./trunk-sockets.ts";

function warned(
  udp: readonly (4 | 6)[],
  hosts: readonly string[],
  outboundProxy?: string,
): readonly string[] {
  const trunk = { name: "carrier", hosts, ...(outboundProxy === undefined ? {} : { outboundProxy }) };
  const company = { trunks: [trunk] } as unknown as Pick<Company, "trunks">;
  return trunksWithoutSocket(company, udp).map(({ path, message }) => `${path.join(".")}: ${message}`);
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
