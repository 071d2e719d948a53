import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../test/fakes/virtual-clock.ts";
import { parseNameAddr } from "../../message/name-addr.ts";
import { isSipUri } from "../../message/uri.ts";
import type { Flow, Target } from "../../transport/transport.ts";
import { type BindingRow, type BindingRowChange, isReachable, requestUriOf } from "./binding.ts";
import { type ContactUpdate, createLocation, type RegistrationUpdate } from "./location.ts";

function flowFrom(host: string, port = 5060, transport: "udp" | "tcp" = "udp"): Flow & { open: boolean } {
  const local = { host: "192.0.2.1", port: 5060 };
  return {
    transport,
    reliable: transport === "tcp",
    local,
    remote: { host, port },
    sentBy: "192.0.2.1:5060",
    open: true,
  };
}

function contact(text: string, expiresSeconds = 3_600): ContactUpdate {
  const read = parseNameAddr(text);
  assert.ok(read.ok && isSipUri(read.value.uri));
  return {
    uri: read.value.uri,
    params: read.value.params,
    q: Number(read.value.params.get("q") ?? 1),
    expiresSeconds,
  };
}

function setup(options: { readonly maxContactsPerPhone?: number } = {}) {
  const clock = new VirtualClock();
  const changes: BindingRowChange[] = [];
  /** What a store holds that applied every change. */
  const rows = new Map<string, BindingRow>();
  const location = createLocation({
    clock,
    flowTo: (target: Target) => flowFrom(target.host, target.port),
    onChange: (list) => {
      for (const change of list) {
        changes.push(change);
        if (change.type === "set")
          rows.set(
            `${change.row.extension} ${change.row.key}`,
            JSON.parse(JSON.stringify(change.row)) as BindingRow,
          );
        else
          assert.ok(rows.delete(`${change.extension} ${change.key}`), "a row is removed that was never set");
      }
    },
    ...options,
  });
  let cseq = 0;
  const register = (contacts: RegistrationUpdate["contacts"], options: Partial<RegistrationUpdate> = {}) =>
    location.update("215", {
      contacts,
      callId: "c1",
      cseq: (cseq += 1),
      path: [],
      userAgent: "phone",
      flow: flowFrom("198.51.100.7"),
      ...options,
    });
  const registered = () => location.lookup("215").map(requestUriOf);
  return { clock, changes, rows, location, register, registered };
}

test("several contacts: highest q first, then the latest", () => {
  const { clock, register, registered } = setup();
  register([contact("<sip:a@x>;q=0.5"), contact("<sip:b@x>;q=0.9")]);
  clock.advance(1);
  register([contact("<sip:c@x>;q=0.5")]);
  assert.deepEqual(registered(), ["sip:b@x", "sip:c@x", "sip:a@x"]);
});

test("a refresh replaces its contact, compared by RFC 3261 §19.1.4", () => {
  const { register, registered, rows } = setup();
  register([contact("<sip:a@EXAMPLE.com;transport=tcp>")]);
  register([contact("<sip:a@example.com;TRANSPORT=TCP>")]);
  register([contact("<sip:A@example.com;transport=tcp>")]);
  assert.equal(registered().length, 2);
  assert.equal(rows.size, 2);
});

test("RFC 4475 §3.1.1.4: an escaped NUL does not make two contacts one", () => {
  const { register, registered } = setup();
  register([contact("<sip:%00@host5.example.com>"), contact("<sip:%00%00@host5.example.com>")]);
  assert.equal(registered().length, 2);
});

test("the same instance and reg-id take their own place again from another address (RFC 5626 §6)", () => {
  const { register, registered } = setup();
  const instance = ';+sip.instance="<urn:uuid:0>";reg-id=1';
  register([contact(`<sip:a@198.51.100.7:40000>${instance}`)]);
  register([contact(`<sip:a@198.51.100.8:50000>${instance}`)], { callId: "after a restart", cseq: 1 });
  assert.deepEqual(registered(), ["sip:a@198.51.100.8:50000"]);
});

test("an older CSeq of the same Call-ID changes nothing, of another Call-ID it does", () => {
  const { register, registered, changes } = setup();
  register([contact("<sip:a@x>"), contact("<sip:b@x>")], { cseq: 10 });
  const before = changes.length;
  for (const cseq of [10, 9]) {
    assert.deepEqual(register([contact("<sip:new@x>"), contact("<sip:a@x>", 0)], { cseq }), {
      ok: false,
      error: "outOfOrder",
    });
    assert.deepEqual(register("*", { cseq }), { ok: false, error: "outOfOrder" });
  }
  assert.equal(registered().length, 2);
  assert.equal(changes.length, before);
  assert.ok(register("*", { cseq: 1, callId: "c2" }).ok);
  assert.deepEqual(registered(), []);
});

test("one REGISTER may name a contact twice: the last counts", () => {
  const { register, registered } = setup();
  assert.ok(register([contact("<sip:a@x>"), contact("<sip:a@x>;q=0.3")]).ok);
  assert.deepEqual(registered(), ["sip:a@x"]);
});

test("S9: 10 contacts a phone; a newer one takes the place of what cannot be reached, then of the oldest", () => {
  const { register, registered } = setup();
  const flow = flowFrom("198.51.100.7", 40_000, "tcp");
  for (let i = 0; i < 10; i += 1) {
    register([contact(`<sip:${i}@x>`)], i === 7 ? { flow } : {});
  }
  flow.open = false;
  assert.ok(register([contact("<sip:10@x>")]).ok);
  assert.ok(!registered().includes("sip:7@x"), "what cannot be reached goes first");
  assert.equal(registered().length, 10);
  const all = Array.from({ length: 11 }, (_, i) => contact(`<sip:many${i}@x>`));
  assert.deepEqual(
    register(all),
    { ok: false, error: "tooManyContacts" },
    "one request with more than there may be",
  );
  assert.equal(registered().length, 10);
});

test("S9: a phone that comes back from new ports all day is always there, and so is its other device", () => {
  const { clock, register, registered } = setup();
  for (let port = 40_000; port < 40_200; port += 1) {
    assert.ok(register([contact(`<sip:215@198.51.100.7:${port}>`)], { callId: `boot ${port}` }).ok);
    if (port % 5 === 0) register([contact("<sip:desk@10.0.0.5>")], { callId: "desk" });
    assert.ok(registered().includes(`sip:215@198.51.100.7:${port}`), String(port));
    assert.ok(registered().length <= 10 && registered().includes("sip:desk@10.0.0.5"));
    clock.advance(1_000);
  }
});

test("S9: a contact with the same +sip.instance takes its own place again, with or without a flow number", () => {
  const { register, registered } = setup();
  const one = ';+sip.instance="<urn:uuid:1>"';
  register([contact("<sip:other@x>")], { callId: "other" });
  for (const port of [5060, 40_001, 40_002, 40_003]) {
    register([contact(`<sip:215@198.51.100.7:${port};transport=udp>${one}`)], {
      callId: `boot ${port}`,
      cseq: 1,
    });
  }
  assert.deepEqual(registered().toSorted(), ["sip:215@198.51.100.7:40003;transport=udp", "sip:other@x"]);
  // Two contacts of one request are two, as the device says itself.
  register([contact(`<sip:a@x>${one}`), contact(`<sip:b@x>${one}`)], { callId: "both", cseq: 1 });
  assert.deepEqual(registered().toSorted(), ["sip:a@x", "sip:b@x", "sip:other@x"]);
});

test("a closed stream leaves the binding, marked, until the phone registers again", () => {
  const { location, register } = setup();
  const flow = flowFrom("198.51.100.7", 40_000, "tcp");
  register([contact("<sip:a@x>")], { flow });
  assert.equal(location.lookup("215").filter(isReachable).length, 1);
  flow.open = false;
  assert.equal(location.lookup("215").length, 1);
  assert.equal(location.lookup("215").filter(isReachable).length, 0);
  register([contact("<sip:a@x>")], { flow: flowFrom("198.51.100.7", 40_001, "tcp") });
  assert.equal(location.lookup("215").filter(isReachable).length, 1);
});

test("bindings expire to the millisecond, their rows within a second, and then no timer is left", () => {
  const { clock, location, rows, register, registered } = setup();
  register([contact("<sip:a@x>", 60), contact("<sip:b@x>", 61)]);
  clock.advance(59_999);
  assert.equal(registered().length, 2);
  clock.advance(1);
  assert.deepEqual(registered(), ["sip:b@x"]);
  clock.advance(2_000);
  assert.deepEqual(registered(), []);
  assert.equal(location.size, 0);
  assert.equal(location.countAt("198.51.100.7"), 0);
  assert.equal(rows.size, 0);
  assert.equal(clock.pending, 0);
});

test("a jump of the wall clock costs no registration", () => {
  const { clock, register, registered } = setup();
  register([contact("<sip:a@x>", 60)]);
  clock.jumpWall(86_400_000);
  clock.advance(59_000);
  assert.equal(registered().length, 1);
});

test("10,000 bindings need one timer", () => {
  const { clock, location } = setup();
  for (let i = 0; i < 10_000; i += 1) {
    location.update(`${i}`, {
      contacts: [contact("<sip:a@x>", 60 + (i % 100))],
      callId: "c",
      cseq: 1,
      path: [],
      userAgent: undefined,
      flow: flowFrom(`10.0.${i >> 8}.${i & 255}`),
    });
  }
  assert.equal(clock.pending, 1);
  clock.advance(162_000);
  assert.equal(location.size, 0);
});

test("what the store keeps brings every binding back after a restart", () => {
  const { clock, location, rows, register } = setup();
  const text =
    '<sip:a@10.0.0.5:5060;ob?Route=%3Csip:evil%3E>;q=0.5;+sip.instance="<urn:uuid:0>";reg-id=1;unknown';
  register([contact(text)], { path: ["<sip:edge.example;lr>"] });
  register([contact("<sip:b@10.0.0.6>")], { flow: flowFrom("198.51.100.8", 40_000, "tcp") });
  clock.advance(1_000);
  const after = createLocation({ clock, flowTo: (target) => flowFrom(target.host, target.port) });
  assert.equal(after.restore([...rows.values()]), 2);
  const strip = ({ registeredAt: _, flow, ...rest }: ReturnType<typeof after.lookup>[number]) => ({
    ...rest,
    remote: flow?.remote,
  });
  assert.deepEqual(
    after.lookup("215").map(strip),
    location.lookup("215").map((binding) => {
      const stripped = strip(binding);
      return binding.source.transport === "tcp" ? { ...stripped, remote: undefined } : stripped;
    }),
  );
  assert.deepEqual(after.lookup("215").map(isReachable), [false, true]);
  assert.ok(after.countAt("198.51.100.7") > 0);
});

test("rows that have expired, are damaged, or are older than a new REGISTER are passed over", () => {
  const { clock, rows, location, register } = setup();
  register([contact("<sip:a@x>")]);
  const [row] = [...rows.values()];
  assert.ok(row !== undefined);
  const binding = row.binding as Record<string, unknown>;
  const damaged: BindingRow[] = [
    { ...row, expiresAt: clock.wall() },
    { ...row, expiresAt: Number.NaN },
    ...[
      null,
      "x",
      {},
      { ...binding, uri: "tel:1" },
      { ...binding, uri: 7 },
      { ...binding, source: { host: "h" } },
    ].map((value) => ({ ...row, binding: value })),
    { ...row, binding: { ...binding, params: "no parameters" } },
  ];
  assert.equal(createLocation({ clock, flowTo: () => undefined }).restore(damaged), 0);
  assert.equal(location.restore([row]), 0);
  assert.equal(location.lookup("215").length, 1);
});

test("a phone that is no longer configured is forgotten, in the store too", () => {
  const { location, rows, register } = setup();
  register([contact("<sip:a@x>"), contact("<sip:b@x>")]);
  location.remove("215");
  assert.deepEqual(location.lookup("215"), []);
  assert.equal(rows.size, 0);
  assert.deepEqual(location.extensions(), []);
});

test("S12: a phone that was restarted counts anew under its old Call-ID: taken once nonces of before are dead", () => {
  const { register, registered, clock } = setup();
  register([contact("<sip:a@198.51.100.7:40000>")], { cseq: 4711 });
  clock.advance(60_000);
  assert.equal(register([contact("<sip:a@198.51.100.7:50000>")], { cseq: 2 }).ok, true, "another contact");
  assert.deepEqual(register([contact("<sip:a@198.51.100.7:40000>")], { cseq: 1 }), {
    ok: false,
    error: "outOfOrder",
  });
  clock.advance(60_001);
  assert.equal(register([contact("<sip:a@198.51.100.7:40000>")], { cseq: 3 }).ok, true);
  assert.ok(registered().includes("sip:a@198.51.100.7:40000"));
  clock.advance(60_001);
  assert.equal(register("*", { cseq: 1 }).ok, true, "all of them too");
  assert.deepEqual(registered(), []);
});
