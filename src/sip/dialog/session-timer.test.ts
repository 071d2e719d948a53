import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRequest, buildResponse } from "../message/build.ts";
import type { SipRequest } from "../message/message.ts";
import {
  askForTimer,
  minimumOf,
  negotiateAsClient,
  negotiateAsServer,
  type SessionTimer,
  timerDelays,
} from "./session-timer.ts";

const POLICY = { intervalSeconds: 1800, minSeconds: 90 };

function invite(headers: readonly (readonly [string, string])[]): SipRequest {
  return buildRequest({
    method: "INVITE",
    uri: "sip:b@192.0.2.2",
    headers: [
      ["From", "<sip:a@192.0.2.1>;tag=t"],
      ["To", "<sip:b@192.0.2.2>"],
      ["Call-ID", "one"],
      ["CSeq", "1 INVITE"],
      ...headers,
    ],
  });
}

// RFC 4028 §9, table 2, for a caller that knows timers.
const asServer: readonly (readonly [string | undefined, string | undefined, string])[] = [
  [undefined, undefined, "1800;refresher=uac"],
  [undefined, "3600", "3600;refresher=uac"],
  ["600", undefined, "600;refresher=uac"],
  ["600;refresher=uac", undefined, "600;refresher=uac"],
  ["600;refresher=uas", undefined, "600;refresher=uas"],
  ["90 ; Refresher=UAS ; x=y", undefined, "90;refresher=uas"],
  ["nonsense", undefined, "1800;refresher=uac"],
  ["9999999999", undefined, "1800;refresher=uac"],
];
for (const [asked, min, answer] of asServer) {
  test(`the caller asks for ${asked ?? "nothing"}, Min-SE ${min ?? "none"}: ${answer}`, () => {
    const negotiated = negotiateAsServer(
      invite([
        ["Supported", "100rel, TIMER"],
        ...(asked === undefined ? [] : ([["Session-Expires", asked]] as const)),
        ...(min === undefined ? [] : ([["Min-SE", min]] as const)),
      ]),
      POLICY,
    );
    assert.equal(negotiated.kind, "agreed");
    if (negotiated.kind !== "agreed") return;
    assert.deepEqual(negotiated.headers, [
      ["Require", "timer"],
      ["Session-Expires", answer],
    ]);
    assert.equal(negotiated.timer.refresher, answer.endsWith("uas") ? "local" : "remote");
    assert.equal(negotiated.timer.intervalSeconds, Number.parseInt(answer, 10));
  });
}

test("less than the minimum: too short, with the minimum to say; the compact form counts", () => {
  for (const name of ["Session-Expires", "x"]) {
    const negotiated = negotiateAsServer(
      invite([
        ["k", "timer"],
        [name, "89"],
      ]),
      POLICY,
    );
    assert.deepEqual(negotiated, { kind: "tooShort", minSeconds: 90 });
  }
});

test("a caller that does not know timers gets none, whatever it wrote", () => {
  assert.deepEqual(negotiateAsServer(invite([["Session-Expires", "10"]]), POLICY), { kind: "none" });
  assert.deepEqual(negotiateAsServer(invite([["Supported", "timers"]]), POLICY), { kind: "none" });
});

test("as client: what the 2xx says; the callee refreshes only if it says so", () => {
  const agreed = (value: string | undefined): SessionTimer | undefined =>
    negotiateAsClient(
      buildResponse(invite([]), 200, undefined, {
        headers: value === undefined ? [] : [["Session-Expires", value]],
      }),
    );
  assert.equal(agreed(undefined), undefined);
  assert.equal(agreed("rubbish"), undefined);
  assert.deepEqual(agreed("600"), { intervalSeconds: 600, refresher: "local" });
  assert.deepEqual(agreed("600;refresher=uac"), { intervalSeconds: 600, refresher: "local" });
  assert.deepEqual(agreed("600;refresher=uas"), { intervalSeconds: 600, refresher: "remote" });
  // Nobody makes us send a refresh every second.
  assert.equal(agreed("1")?.intervalSeconds, 90);
});

test("what we ask for, and the Min-SE of a 422", () => {
  assert.deepEqual(askForTimer(POLICY), [
    ["Session-Expires", "1800"],
    ["Min-SE", "90"],
  ]);
  const refused = buildResponse(invite([]), 422, undefined, { headers: [["Min-SE", "1200;x"]] });
  assert.equal(minimumOf(refused), 1200);
  assert.equal(minimumOf(buildResponse(invite([]), 422)), undefined);
});

test("refresh at half, give up min(32 s, a third) before the end (§10)", () => {
  const delays = (intervalSeconds: number): ReturnType<typeof timerDelays> =>
    timerDelays({ intervalSeconds, refresher: "local" });
  assert.deepEqual(delays(1800), { refreshMs: 900_000, expireMs: 1_768_000 });
  assert.deepEqual(delays(90), { refreshMs: 45_000, expireMs: 60_000 });
});
