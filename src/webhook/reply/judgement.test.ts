import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { understandExternal } from "../../dialplan/destination.ts";
import { SAMPLE_VALUES } from "../../dialplan/template-preview.ts";
import { type AskedBy, judgeReply, type ReplyJudgement } from "./judgement.ts";
import { pastedReply } from "./pasted.ts";

const PLAIN: AskedBy = { callerIdForwarding: "caller", asksForCode: false };

function judge(text: string, webhook = PLAIN): ReplyJudgement {
  const policy = { home: { country: "NL" }, security: { dialCountries: ["NL"] } };
  return judgeReply(pastedReply(text), webhook, SAMPLE_VALUES, (one) => understandExternal(one, policy));
}

describe("a pasted reply", () => {
  test("with all three parts is understood part by part", () => {
    const judged = judge("status=ACK&destination=%2B31502102544&callername=Jansen+Co");
    assert.deepEqual(
      [judged.verdict, judged.next, judged.said.code, judged.corrected],
      ["ack", "success", "receiverSaidAck", undefined],
    );
    assert.deepEqual(judged.parts, [
      { part: "status", value: "ACK" },
      {
        part: "destination",
        value: "+31502102544",
        leadsTo: { kind: "external", number: "+31502102544", country: "NL" },
      },
      { part: "callername", value: "Jansen Co" },
    ]);
    assert.deepEqual(judged.shows, { name: "Jansen Co", number: SAMPLE_VALUES.callerid });
  });

  test("with a raw plus gives the corrected line", () => {
    const judged = judge("status=ACK&destination=+31502102544");
    assert.equal(judged.corrected, "status=ACK&destination=%2B31502102544");
    assert.deepEqual(judge(judged.corrected).warnings, []);
  });

  test("of a destination that is not allowed goes on, and says why", () => {
    const judged = judge("status=ACK&destination=%2B4930901820");
    assert.equal(judged.next, "success");
    assert.equal(judged.parts[1]?.refusal?.code, "country");
  });

  test("NAK asks for the code again where one is asked for, and fails where none is", () => {
    assert.equal(judge("status=NAK").next, "failed");
    assert.equal(judge("status=NAK", { ...PLAIN, asksForCode: true }).next, "askAgain");
    assert.equal(judge("status=ERR", { ...PLAIN, asksForCode: true }).next, "failed");
  });

  test("that fails has code, arguments and, where it is known, the line that is right", () => {
    const rows: readonly (readonly [string, string, string | undefined])[] = [
      ["<html>oops</html>", "html", undefined],
      ["", "emptyBody", undefined],
      ["ok", "noStatus", undefined],
      ["status=ok", "unknownStatus", "status=ACK"],
      ["status=banana", "unknownStatus", undefined],
      ["NAK", "noStatus", "status=NAK"],
    ];
    for (const [text, code, corrected] of rows) {
      const judged = judge(text);
      assert.deepEqual(
        [judged.verdict, judged.said.code, judged.corrected],
        ["error", code, corrected],
        text,
      );
      assert.equal(judged.shows, undefined);
    }
    assert.deepEqual(judge("status=banana").said.args, { status: "banana", correction: undefined });
  });

  test("may be a whole HTTP reply", () => {
    const judged = judge("HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\n\r\nstatus=ACK");
    assert.deepEqual([judged.said.code, judged.said.args], ["receiverFailed", { status: 503 }]);
    assert.equal(judge("HTTP/1.1 200 OK\n\nstatus=ACK").verdict, "ack");
    assert.equal(
      judge("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nstatus=ACK").said.code,
      "compressedBody",
    );
  });

  test("a suppressed number shows nothing, a called one the number that was called", () => {
    const suppressed = judge("status=ACK&callername=X", { ...PLAIN, callerIdForwarding: "suppressed" });
    assert.deepEqual(suppressed.shows, { name: "", number: "" });
    const called = judge("status=ACK", { ...PLAIN, callerIdForwarding: "called" });
    assert.deepEqual(called.shows, { name: SAMPLE_VALUES.callername, number: SAMPLE_VALUES.did });
  });
});
