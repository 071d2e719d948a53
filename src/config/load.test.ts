import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSettings, parseHostPort, writesToJournal } from "./load.ts";

function sentences(
  flags: Parameters<typeof loadSettings>[0],
  environment: Record<string, string> = {},
): string[] {
  const loaded = loadSettings(flags, environment);
  assert.ok(!loaded.ok, "it was accepted");
  return loaded.error;
}

test("a flag beats the environment, which beats the default", () => {
  const loaded = loadSettings(
    { dataDir: "/flag" },
    { SWITCHHOOK_DATA: "/env", SWITCHHOOK_REALM: "example.com", SWITCHHOOK_HTTP: " ", OTHER: "x" },
  );
  assert.ok(loaded.ok);
  assert.equal(loaded.value.dataDir, "/flag");
  assert.equal(loaded.value.realm, "example.com");
  assert.equal(loaded.value.http, "127.0.0.1:8088");
  assert.equal(loaded.value.callsKeepDays, 30);
  assert.equal(loaded.value.applyFile, undefined);
});

test("listeners come as repeated flags or as a list in the environment", () => {
  const flags = loadSettings({ sip: ["0.0.0.0:5060", "[::1]:5062"] }, {});
  const environment = loadSettings({}, { SWITCHHOOK_SIP: "0.0.0.0:5060, [::1]:5062" });
  assert.ok(flags.ok && environment.ok);
  assert.deepEqual(flags.value.sip, ["0.0.0.0:5060", "[::1]:5062"]);
  assert.deepEqual(environment.value.sip, flags.value.sip);
});

test("every wrong setting is said, with the name of its flag or variable", () => {
  assert.deepEqual(
    sentences(
      { sip: ["0.0.0.0"], callsKeepDays: "0", logLevel: "inof" },
      { SWITCHHOOK_HTTP: "localhost", SWITCHHOOK_DRAIN_SECONDS: "-1", SWITCHHOOK_RELM: "x" },
    ),
    [
      "SWITCHHOOK_RELM: there is no such setting. Did you mean SWITCHHOOK_REALM?",
      '--sip: "0.0.0.0" is not HOST:PORT, as in 0.0.0.0:5060 or [::1]:5060.',
      'SWITCHHOOK_HTTP: "localhost" is not HOST:PORT, as in 127.0.0.1:8088 or [::1]:8088.',
      '--calls-keep-days: "0" is not a whole number of days from 1 to 3650.',
      'SWITCHHOOK_DRAIN_SECONDS: "-1" is not a whole number of seconds from 0 to 86400.',
      '--log-level: "inof" is not one of silent, error, warn, info, debug. Did you mean info?',
    ],
  );
});

test("settings that need each other are checked together", () => {
  assert.deepEqual(sentences({ httpProxies: ["127.0.0.1", "proxy.example.com"] }), [
    '--http-proxy: "proxy.example.com" is no IP address, as 127.0.0.1 is one.',
  ]);
  assert.deepEqual(sentences({ sips: ["0.0.0.0:5061"] }), [
    "--sips needs a certificate: give --tls-cert FILE and --tls-key FILE.",
  ]);
  assert.deepEqual(sentences({ tlsClientCa: "ca.pem" }), [
    "--tls-client-ca is for callers over TLS, and without --sips HOST:PORT there are none.",
  ]);
  assert.deepEqual(sentences({ realm: 'a"b' }), [
    "--realm: a realm is letters, digits, dots and dashes only.",
  ]);
});

test("T11: a file whose name is empty is refused", () => {
  assert.deepEqual(sentences({ tlsCa: "", tlsKey: " " }), [
    "--tls-key: the name of the file is missing.",
    "--tls-ca: the name of the file is missing.",
  ]);
});

test("variables of the project's own tools are no settings", () => {
  assert.ok(loadSettings({}, { SWITCHHOOK_TEST_SOAK: "1", SWITCHHOOK_SKIP_INTEROP: "1" }).ok);
});

test("host and port are taken apart", () => {
  assert.deepEqual(parseHostPort("127.0.0.1:0"), { host: "127.0.0.1", port: 0 });
  assert.deepEqual(parseHostPort("[2001:db8::1]:5060"), { host: "2001:db8::1", port: 5060 });
  assert.deepEqual(parseHostPort("sip.example.com:65535"), { host: "sip.example.com", port: 65_535 });
  for (const text of [
    "",
    ":5060",
    "a:",
    "a:65536",
    "a:1:2",
    "::1:5060",
    "[a]:1:1",
    "a b:1",
    "http://a:1",
    "a:+1",
  ]) {
    assert.equal(parseHostPort(text), undefined, text);
  }
});

test("ports for sound need room, and its address is an address", () => {
  assert.deepEqual(sentences({ rtpMin: "30000", rtpMax: "30002" }), [
    "--rtp-max: from 30000 to 30002 there is no room for a call; it takes four ports.",
  ]);
  assert.deepEqual(sentences({ rtpAddress: ["sip.example.com"] }), [
    '--rtp-address: "sip.example.com" is no IP address; a name cannot stand in its place.',
  ]);
  assert.deepEqual(sentences({ rtpAddress: ["0.0.0.0", "::", "999.1.1.1"] }), [
    '--rtp-address: "0.0.0.0" is no address that others can reach.',
    '--rtp-address: "::" is no address that others can reach.',
    '--rtp-address: "999.1.1.1" is no IP address; a name cannot stand in its place.',
  ]);
  assert.deepEqual(sentences({ rtpAddress: ["198.51.100.7", "198.51.100.8"] }), [
    '--rtp-address: "198.51.100.7" and "198.51.100.8" are both for IPv4; one of them has to go.',
  ]);
  for (const rtpAddress of ["198.51.100.7", "2001:db8::7", ["198.51.100.7", "2001:db8::7"]])
    assert.ok(loadSettings({ rtpAddress }, {}).ok);
});

test("the journal reads standard output only where systemd says so of this very stream", () => {
  const stream = () => ({ dev: 8, ino: 77 });
  const closed = () => assert.fail("EBADF");
  assert.equal(writesToJournal({ JOURNAL_STREAM: "8:77" }, stream), true);
  assert.equal(writesToJournal({ JOURNAL_STREAM: "8:78" }, stream), false);
  assert.equal(writesToJournal({ JOURNAL_STREAM: "8:77" }, closed), false);
  assert.equal(writesToJournal({}, closed), false);
});
