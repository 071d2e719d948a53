import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { buildRequest, buildResponse } from "../message/build.ts";
import type { SipRequest } from "../message/message.ts";
import { parseMessage } from "../message/parser.ts";
import { Dialog, routeSet } from "./dialog.ts";

type Field = readonly [string, string];

function invite(headers: readonly Field[] = [], from = '"A" <sip:a@192.0.2.1>;tag=their'): SipRequest {
  return buildRequest({
    method: "INVITE",
    uri: "sip:b@192.0.2.2",
    headers: [
      ["From", from],
      ["To", "<sip:b@192.0.2.2>"],
      ["Call-ID", "one"],
      ["CSeq", "7 INVITE"],
      ["Contact", "<sip:a@192.0.2.1:5070;transport=tcp>"],
      ...headers,
    ],
  });
}

const values = (request: SipRequest, name: string): readonly string[] => request.headers.all(name);

test("as server: our requests go to the Contact, along Record-Route in its order (RFC 3261 §12.1.1)", () => {
  const request = invite([
    ["Record-Route", "<sip:p2.example;lr>"],
    ["Record-Route", "<sip:p1.example;lr>"],
  ]);
  const dialog = Dialog.asServer(request, "our");
  const bye = dialog.request("BYE");
  assert.equal(bye.uri, "sip:a@192.0.2.1:5070;transport=tcp");
  assert.deepEqual(values(bye, "route"), ["<sip:p2.example;lr>", "<sip:p1.example;lr>"]);
  assert.equal(bye.headers.get("from"), "<sip:b@192.0.2.2>;tag=our");
  assert.equal(bye.headers.get("to"), '"A" <sip:a@192.0.2.1>;tag=their');
  assert.deepEqual([bye.cseq.number, bye.callId], [1, "one"]);
});

test("as client: the route set is the Record-Route turned round, the CSeq goes on (§12.1.2)", () => {
  const response = buildResponse(
    invite([
      ["Record-Route", "<sip:p2.example;lr>"],
      ["Record-Route", "<sip:p1.example;lr>"],
    ]),
    200,
    undefined,
    { toTag: "their", headers: [["Contact", "<sip:b@192.0.2.9>"]] },
  );
  const bye = Dialog.asClient(response).request("BYE");
  assert.equal(bye.uri, "sip:b@192.0.2.9");
  assert.deepEqual(values(bye, "route"), ["<sip:p1.example;lr>", "<sip:p2.example;lr>"]);
  assert.equal(bye.cseq.number, 8);
  assert.equal(Dialog.asClient(response, 11).request("BYE").cseq.number, 12, "after the PRACKs");
});

test("the ACK for a 2xx has the INVITE's CSeq number and uses none up (§13.2.2.4)", () => {
  const response = buildResponse(invite(), 200, undefined, { toTag: "t" });
  const dialog = Dialog.asClient(response);
  const ack = dialog.ack(7, { body: Buffer.from("v=0") });
  assert.deepEqual([ack.method, ack.cseq.number, ack.cseq.method], ["ACK", 7, "ACK"]);
  assert.equal(dialog.request("BYE").cseq.number, 8);
});

test("a strict router as first hop: its URI is the Request-URI, the target ends the Route (§12.2.1.1)", () => {
  assert.deepEqual(routeSet("sip:b@192.0.2.9", ["<sip:strict.example>", "<sip:p2.example;lr>"]), {
    uri: "sip:strict.example",
    routes: ["<sip:p2.example;lr>", "<sip:b@192.0.2.9>"],
  });
  const loose = ["<sip:p1.example;lr>", "<sip:strict.example>"];
  assert.deepEqual(routeSet("sip:b@192.0.2.9", loose), { uri: "sip:b@192.0.2.9", routes: loose });
  assert.deepEqual(routeSet("sip:b@192.0.2.9", []), { uri: "sip:b@192.0.2.9", routes: [] });
});

test("CSeq of the peer: only upwards (§12.2.2)", () => {
  const dialog = Dialog.asServer(invite(), "our");
  const numbered = (number: number): SipRequest =>
    buildRequest({
      method: "INFO",
      uri: "sip:b@192.0.2.2",
      headers: [
        ["From", "<sip:a@192.0.2.1>;tag=their"],
        ["To", "<sip:b@192.0.2.2>;tag=our"],
        ["Call-ID", "one"],
        ["CSeq", `${number} INFO`],
      ],
    });
  const verdicts = [8, 8, 7, 100, 99].map((number) => dialog.receive(numbered(number)));
  assert.deepEqual(verdicts, ["next", "outOfOrder", "outOfOrder", "next", "outOfOrder"]);
});

test("a target refresh moves the target, one without Contact leaves it (§12.2.1.2)", () => {
  const dialog = Dialog.asServer(invite(), "our");
  dialog.refreshTarget(invite([], "<sip:a@x>;tag=their"));
  assert.equal(dialog.target, "sip:a@192.0.2.1:5070;transport=tcp");
  const moved = buildRequest({
    method: "UPDATE",
    uri: "sip:b@192.0.2.2",
    headers: [
      ["From", "<sip:a@192.0.2.1>;tag=their"],
      ["To", "<sip:b@192.0.2.2>;tag=our"],
      ["Call-ID", "one"],
      ["CSeq", "9 UPDATE"],
      ["Contact", "<sip:a@192.0.2.77>"],
    ],
  });
  dialog.refreshTarget(moved);
  assert.equal(dialog.request("BYE").uri, "sip:a@192.0.2.77");
});

test("without a usable Contact the peer's own address is the target", () => {
  const request = buildRequest({
    method: "INVITE",
    uri: "sip:b@192.0.2.2",
    headers: [
      ["From", "sip:a@192.0.2.1;tag=t"],
      ["To", "sip:b@192.0.2.2"],
      ["Call-ID", "one"],
      ["CSeq", "1 INVITE"],
      ["Contact", "<<<"],
    ],
  });
  const dialog = Dialog.asServer(request, "our");
  assert.equal(dialog.target, "sip:a@192.0.2.1");
  assert.equal(dialog.request("BYE").headers.get("from"), "sip:b@192.0.2.2;tag=our");
});

test("every INVITE that the parser takes, however odd, makes a dialog that can end", () => {
  const folder = new URL("../../../test/golden/", import.meta.url);
  let dialogs = 0;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".sip")) continue;
    const parsed = parseMessage(readFileSync(new URL(name, folder)));
    if (!parsed.ok || parsed.message.kind !== "request" || parsed.message.to.tag !== undefined) continue;
    const request = parsed.message;
    const bye = Dialog.asServer(request, "our").request("BYE");
    assert.equal(bye.from.tag, "our", name);
    const response = buildResponse(request, 200, undefined, { toTag: "their" });
    assert.equal(Dialog.asClient(response).request("BYE").to.tag, "their", name);
    dialogs += 1;
  }
  assert.ok(dialogs > 10);
});
