import assert from "node:assert/strict";
import { test } from "node:test";
import { addressFamily, announcedHost, heardAt, listenersOf } from "./listeners.ts";

const FOUR = { sip: ["0.0.0.0:5060", "[::]:5060"], sips: ["0.0.0.0:5061", "[::]:5061"] };

/** `udp 0.0.0.0:5060` with what is announced there, nothing where that is the listener's own. */
function announced(given: Partial<Parameters<typeof listenersOf>[0]>): Record<string, string | undefined> {
  const listeners = listenersOf({ ...FOUR, advertise: [], ...given });
  assert.ok(listeners.ok, listeners.ok ? "" : listeners.error.join("\n"));
  return Object.fromEntries(
    listeners.value
      .filter(({ advertise }) => advertise !== undefined)
      .map(({ transport, host, port, advertise }) => [`${transport} ${host} ${port}`, advertise]),
  );
}

function refused(advertise: readonly string[], given = FOUR): readonly string[] {
  const listeners = listenersOf({ ...given, advertise });
  assert.ok(!listeners.ok, `it was accepted: ${advertise.join(" ")}`);
  return listeners.error;
}

test("T10: an address is announced by the listeners of its family alone, each with its own port", () => {
  assert.deepEqual(announced({ advertise: ["198.51.100.7"] }), {
    "udp 0.0.0.0 5060": "198.51.100.7",
    "tcp 0.0.0.0 5060": "198.51.100.7",
    "tls 0.0.0.0 5061": "198.51.100.7",
  });
  for (const text of ["2001:db8::7", "[2001:db8::7]"])
    assert.deepEqual(announced({ advertise: [text] }), {
      "udp :: 5060": "2001:db8::7",
      "tcp :: 5060": "2001:db8::7",
      "tls :: 5061": "2001:db8::7",
    });
});

test("T10: a name is for all, a transport's own entry comes before it, a listener's before that", () => {
  assert.deepEqual(
    announced({
      sip: ["10.0.0.5:5060", "192.168.1.5:5060"],
      sips: ["10.0.0.5:5061"],
      advertise: ["sip.example.com", "TLS=secure.example.com:443", "10.0.0.5:5060=198.51.100.7:6060"],
    }),
    {
      "udp 10.0.0.5 5060": "198.51.100.7:6060",
      "tcp 10.0.0.5 5060": "198.51.100.7:6060",
      "udp 192.168.1.5 5060": "sip.example.com",
      "tcp 192.168.1.5 5060": "sip.example.com",
      "tls 10.0.0.5 5061": "secure.example.com:443",
    },
  );
  assert.deepEqual(
    announced({ advertise: ["udp=[2001:db8::7]:6060", "sip.example.com"] })["udp :: 5060"],
    "[2001:db8::7]:6060",
  );
  assert.deepEqual(
    announced({ advertise: ["198.51.100.7", "sip.example.com"] })["tls :: 5061"],
    "sip.example.com",
  );
});

test("T10: nonsense is refused with a sentence that quotes it", () => {
  const table: readonly (readonly [text: string, why: RegExp])[] = [
    ["", /names no host/],
    ["http://a", /names no host/],
    ["a b", /names no host/],
    ["sip:198.51.100.7", /names no host/],
    ["198.51.100.999", /names no host/],
    ["198.51.100", /names no host/],
    ["2001:db8:::7", /names no host/],
    ["-a.example", /names no host/],
    ["0.0.0.0", /is no address that others can reach/],
    ["::", /is no address that others can reach/],
    ["224.0.0.1", /is no address that others can reach/],
    ["::ffff:198.51.100.7", /is no address that others can reach/],
    ["198.51.100.7:5060", /has a port: say whose it is, as in udp=198\.51\.100\.7:5060/],
    ["[2001:db8::7]:5060", /has a port/],
    ["udp=sip.example.com:0", /has port 0/],
    ["udp=sip.example.com:70000", /names no host/],
    ["sctp=sip.example.com", /begins neither with udp=/],
    ["=sip.example.com", /begins neither with udp=/],
    ["10.1.1.1:5060=sip.example.com", /would be announced nowhere: there is no listener at that place/],
  ];
  for (const [text, why] of table) {
    const [sentence = "", ...more] = refused([text]);
    assert.ok(sentence.startsWith(`--advertise: "${text}" `), sentence);
    assert.match(sentence, why);
    assert.deepEqual(more, []);
  }
});

test("T10: what no listener would announce is refused, and so are two for the same one", () => {
  const only4 = { sip: ["0.0.0.0:5060"], sips: [] };
  assert.deepEqual(refused(["2001:db8::7"], only4), [
    '--advertise: "2001:db8::7" would be announced nowhere: there is no listener for IPv6; --sip and --sips say where there are.',
  ]);
  assert.match(refused(["tls=sip.example.com"], only4)[0] ?? "", /there is no listener for TLS;/);
  assert.deepEqual(refused(["198.51.100.7", "198.51.100.8"]), [
    '--advertise: "198.51.100.7" and "198.51.100.8" are for the same listener; one of them has to go.',
  ]);
});

test("addresses are told from names", () => {
  for (const text of ["0.0.0.0", "255.255.255.255", "10.0.0.1"]) assert.equal(addressFamily(text), 4, text);
  for (const text of ["::1", "2001:db8::", "::ffff:1.2.3.4", "fe80::1"])
    assert.equal(addressFamily(text), 6, text);
  for (const text of [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.4.",
    "::1::",
    "12345::",
    "a:b",
    "a.b",
  ])
    assert.equal(addressFamily(text), undefined, text);
});

test("the host that others are told is read out of each way to say it", () => {
  for (const [text, host] of [
    ["203.0.113.5", "203.0.113.5"],
    ["2a01:4f8::2", "2a01:4f8::2"],
    ["[2a01:4f8::2]", "2a01:4f8::2"],
    ["udp=203.0.113.5:5062", "203.0.113.5"],
    ["[::]:5060=[2a01:4f8::2]:5070", "2a01:4f8::2"],
  ] as const)
    assert.equal(announcedHost(text), host, text);
});

test("T9: where SIP is heard: on all addresses under each of its family, and as announced", () => {
  const interfaces = { lo: [{ address: "127.0.0.1" }, { address: "::1" }], eth0: [{ address: "10.0.0.1" }] };
  const listeners = listenersOf({
    sip: ["0.0.0.0:5060", "[2001:DB8:0::1]:5070"],
    sips: ["10.0.0.1:5061"],
    advertise: ["udp=203.0.113.7:5062", "tls=PBX.example.com", "[2001:db8:0:0::1]:5070=2001:DB8::0:2"],
  });
  assert.ok(listeners.ok);
  const { udp, places } = heardAt(listeners.value, interfaces);
  assert.deepEqual(udp, [4, 6]);
  assert.deepEqual(places, [
    "127.0.0.1:5060",
    "10.0.0.1:5060",
    "203.0.113.7:5062",
    "[2001:db8::1]:5070",
    "[2001:db8::2]:5070",
    "10.0.0.1:5061",
    "pbx.example.com:5061",
  ]);
});
