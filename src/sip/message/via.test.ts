import assert from "node:assert/strict";
import { test } from "node:test";
import { formatVia, parseVia } from "./via.ts";

test("the parts of a Via", () => {
  const via = parseVia("SIP/2.0/udp Host.Example:5070;rport;branch=z9hG4bKx;received=192.0.2.1;maddr=a.b");
  assert.ok(via.ok);
  const { transport, host, port, branch, received, rport } = via.value;
  assert.deepEqual(
    [transport, host, port, branch, received, rport],
    ["UDP", "host.example", 5070, "z9hG4bKx", "192.0.2.1", true],
  );
  assert.equal(via.value.params.get("maddr"), "a.b");
  assert.equal(
    formatVia(via.value),
    "SIP/2.0/UDP host.example:5070;rport;branch=z9hG4bKx;received=192.0.2.1;maddr=a.b",
  );
});

test("rport with a value, IPv6 and white space", () => {
  const via = parseVia("SIP / 2.0 / TLS  [2001:DB8::1] : 5061 ; rport = 4000 ; received = [2001:db8::2]");
  assert.ok(via.ok);
  assert.deepEqual(
    [via.value.host, via.value.port, via.value.rport, via.value.received],
    ["2001:db8::1", 5061, 4000, "2001:db8::2"],
  );
  assert.equal(via.value.branch, undefined);
});

test("what is malformed is refused", () => {
  for (const text of [
    "",
    "SIP/2.0/UDP",
    "SIP/2.0/UDP ",
    "SIP/2.0/UDPhost",
    "SIP/3.0/UDP host",
    "HTTP/2.0/UDP host",
    "SIP/2.0 UDP host",
    "SIP/2.0/ host",
    "SIP/2.0/UDP host:70000",
    "SIP/2.0/UDP host;branch=",
    "SIP/2.0/UDP host;branch=z9hG4bK",
    "SIP/2.0/UDP host;;branch=z9hG4bKx",
    "SIP/2.0/UDP host;rport=x",
    "SIP/2.0/UDP host branch=z9hG4bKx",
    "SIP/2.0/UDP ho<st",
  ]) {
    assert.equal(parseVia(text).ok, false, text);
  }
});
