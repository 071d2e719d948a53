// T2: what RFC 5626 §6 asks of a registrar.

import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../../test/fakes/virtual-clock.ts";
import type { SipResponse } from "../../message/message.ts";
import { parseMessage } from "../../message/parser.ts";
import type { Flow } from "../../transport/transport.ts";
import { onceEach, requestUriOf } from "./binding.ts";
import { createLocation } from "./location.ts";
import { createRegistrar, type RegisterOutcome } from "./registrar.ts";

const INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"';
const OTHER = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e129>"';

function stream(port: number, transport: "tcp" | "udp" = "tcp"): Flow & { open: boolean } {
  return {
    transport,
    reliable: transport === "tcp",
    local: { host: "192.0.2.1", port: 5060 },
    remote: { host: "198.51.100.7", port },
    sentBy: "192.0.2.1:5060",
    open: true,
  };
}

/** A registrar that believes everybody. */
function setup() {
  const clock = new VirtualClock();
  const location = createLocation({ clock, flowTo: () => undefined });
  const outcomes: RegisterOutcome[] = [];
  const registrar = createRegistrar({
    authenticator: {
      authenticate: () => ({ kind: "ok", username: "215" }),
      claimed: () => "215",
    },
    location,
    clock,
    ids: seededIds(1),
    isOurDomain: () => true,
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  let calls = 0;
  const register = (flow: Flow, lines: readonly string[]): SipResponse => {
    calls += 1;
    const text = [
      "REGISTER sip:pbx.example SIP/2.0",
      `Via: SIP/2.0/TCP 10.0.0.1;branch=z9hG4bK${calls}`,
      "From: <sip:215@pbx.example>;tag=f",
      "To: <sip:215@pbx.example>",
      `Call-ID: c${calls}`,
      "CSeq: 1 REGISTER",
      "Max-Forwards: 70",
      ...(lines.includes("Expires: 0") ? [] : ["Expires: 600"]),
      ...lines,
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");
    const parsed = parseMessage(Buffer.from(text));
    assert.ok(parsed.ok && parsed.message.kind === "request");
    const responses: SipResponse[] = [];
    registrar.handleRegister({
      key: "1",
      request: parsed.message,
      flow,
      answered: false,
      answerBy: () => {},
      respond: (response) => responses.push(response),
      dismiss: (response) => responses.push(response),
    });
    assert.equal(responses.length, 1);
    return responses[0] as SipResponse;
  };
  const rung = (): readonly string[] => onceEach(location.lookup("215")).map(requestUriOf);
  return { clock, location, outcomes, register, rung };
}

const asks = (contact: string): readonly string[] => ["Supported: path, outbound", `Contact: ${contact}`];

/** What the answer says of outbound. */
function said(response: SipResponse): readonly [status: number, require: string, timer: string] {
  const { headers, status } = response;
  return [status, headers.get("require") ?? "", headers.get("flow-timer") ?? ""];
}

test("T2: a phone at the other end of its stream that asks for outbound has it, and is told how often to speak", () => {
  const { register } = setup();
  assert.deepEqual(said(register(stream(40_000), asks(`<sip:a@10.0.0.1>;${INSTANCE};reg-id=1`))), [
    200,
    "outbound",
    "60",
  ]);
});

test("T2: who does not ask for it, asks without an instance or a reg-id, or removes, is registered as ever", () => {
  const { register, location } = setup();
  for (const lines of [
    [`Contact: <sip:a@10.0.0.1>;${INSTANCE};reg-id=1`],
    ["Supported: path, outbound", "Contact: <sip:b@10.0.0.1>;reg-id=1"],
    asks(`<sip:c@10.0.0.1>;${INSTANCE}`),
    asks(`<sip:d@10.0.0.1>;${OTHER};reg-id=zero`),
  ]) {
    assert.deepEqual(said(register(stream(40_000), lines)), [200, "", ""], lines.join());
  }
  assert.equal(location.lookup("215").length, 4);
  assert.deepEqual(said(register(stream(40_000), ["Contact: *", "Supported: outbound", "Expires: 0"])), [
    200,
    "",
    "",
  ]);
});

test("T2: over UDP outbound would promise STUN, so that it is not used; the place is taken again all the same", () => {
  const { register, location } = setup();
  for (const port of [40_000, 40_001])
    assert.deepEqual(
      said(register(stream(port, "udp"), asks(`<sip:a@10.0.0.1:${port}>;${INSTANCE};reg-id=1`))),
      [200, "", ""],
    );
  assert.deepEqual(location.lookup("215").map(requestUriOf), ["sip:a@10.0.0.1:40001"]);
});

test("T2: through a proxy that says in Path that it knows its flows it is used, through another 439", () => {
  const { register, location, outcomes } = setup();
  const via = "Via: SIP/2.0/TCP 10.9.9.9;branch=z9hG4bKphone";
  const contact = asks(`<sip:a@10.9.9.9>;${INSTANCE};reg-id=1`);
  const through = (...path: readonly string[]): SipResponse =>
    register(stream(40_000), [via, ...path.map((uri) => `Path: ${uri}`), ...contact]);
  for (const path of [[], ["<sip:edge.example;lr>"], ["<sip:edge.example;lr;ob>", "<sip:first.example;lr>"]])
    assert.equal(through(...path).status, 439, path.join());
  assert.equal(location.lookup("215").length, 0);
  assert.match(
    outcomes.map((one) => (one.kind === "refused" ? one.why.text : "")).join("\n"),
    /asks for outbound \(RFC 5626\) through a proxy that does not do it/,
  );
  // The one that the phone talks to was added first and stands last.
  assert.deepEqual(said(through("<sip:core.example;lr>", "<sip:edge.example;lr;ob>")), [
    200,
    "outbound",
    "60",
  ]);
  // Without reg-id nothing is asked of the proxy.
  assert.equal(register(stream(40_000), [via, ...asks(`<sip:a@10.9.9.9>;${INSTANCE}`)]).status, 200);
});

test("T2: two flows in one REGISTER are refused", () => {
  const { register, location } = setup();
  const two = `<sip:a@10.0.0.1>;${INSTANCE};reg-id=1, <sip:a@10.0.0.2>;${INSTANCE};reg-id=2`;
  assert.equal(register(stream(40_000), asks(two)).status, 400);
  assert.equal(location.lookup("215").length, 0);
});

test("T2: a binding is replaced by instance and reg-id, whatever its URI, Call-ID or stream", () => {
  const { register, location, rung } = setup();
  const [before, after] = [stream(40_000), stream(40_001)];
  register(before, asks(`<sip:a@10.0.0.1:40000;transport=tcp>;${INSTANCE};reg-id=1`));
  register(after, asks(`<sip:b@10.0.0.1:40001;transport=tcp>;${INSTANCE};reg-id=1`));
  assert.deepEqual(rung(), ["sip:b@10.0.0.1:40001;transport=tcp"]);
  assert.equal(location.lookup("215")[0]?.flow, after);
});

test("T2: a phone with two flows rings once, over the one that is open; two phones ring both", () => {
  const { clock, register, location, rung } = setup();
  const [first, second] = [stream(40_000), stream(40_001)];
  register(first, asks(`<sip:a@10.0.0.1:1>;${INSTANCE};reg-id=1`));
  clock.advance(10);
  register(second, asks(`<sip:a@10.0.0.1:2>;${INSTANCE};reg-id=2`));
  assert.equal(location.lookup("215").length, 2);
  assert.deepEqual(rung(), ["sip:a@10.0.0.1:2"]);
  second.open = false;
  assert.deepEqual(rung(), ["sip:a@10.0.0.1:1"]);
  register(stream(40_002), asks(`<sip:c@10.0.0.3>;${OTHER};reg-id=1`));
  assert.equal(rung().length, 2);
  // Without a reg-id an instance says nothing about flows: such contacts ring each for itself.
  register(stream(40_003), [`Contact: <sip:d@10.0.0.4>;${OTHER}`]);
  assert.equal(rung().length, 3);
});
