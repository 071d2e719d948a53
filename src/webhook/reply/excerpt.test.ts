import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { noMasker } from "../../lib/masker.ts";
import { excerptOf, maskCode } from "./excerpt.ts";
import { resultOfReply } from "./result.ts";

const excerpt = (body: string | Uint8Array, code = ""): string => excerptOf(Buffer.from(body), code);

describe("the excerpt of a body", () => {
  test("is the body where it is short and printable", () => {
    assert.equal(excerpt("status=ACK&callername=X"), "status=ACK&callername=X");
    assert.equal(excerpt("status=ACK&callername=Zoë 日本"), "status=ACK&callername=Zoë 日本");
    assert.equal(excerpt(""), "");
  });

  test("has no control, bidirectional or escape characters", () => {
    assert.equal(excerpt("a\r\n\u001b[31mb\0c\u202ed\u2028e"), "a [31mb c d e");
    assert.equal(excerpt(Buffer.from("Zo\xeb", "latin1")), "Zoë");
  });

  test("is at most 512 characters, and no half of one", () => {
    assert.equal(excerpt("x".repeat(513)).length, 512);
    const cut = excerpt(`x${"🎉".repeat(600)}`);
    assert.equal(cut.length, 512);
    assert.ok(cut.isWellFormed());
  });

  test("never shows the code, also not across the cut", () => {
    for (let fill = 500; fill < 516; fill += 1) {
      assert.equal(
        /1379|137(?!\d)/.test(excerpt(`${"x".repeat(fill)}137946`, "137946")),
        false,
        String(fill),
      );
    }
  });

  test("is printable and bounded for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => {
        const text = excerptOf(bytes, "");
        assert.ok(text.length <= 512 && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text));
      }),
    );
  });
});

describe("a code", () => {
  const rows = [
    ["code=1234", "1234", "code=***"],
    ["1234512345", "12345", "******"],
    ["a 1 b 12 c 1", "1", "a *** b 12 c ***"],
    ["215 and 2150", "215", "*** and 2150"],
    ["nothing to mask", "99", "nothing to mask"],
    ["no code", "", "no code"],
    ["base64 ODA0NzM5 and eDgwNDczOXk=", "804739", "base64 *** and eD***Xk="],
    ["%38%30%34%37%33%39 383034373339", "804739", "*** ***"],
  ] as const;
  for (const [text, code, expected] of rows) {
    test(`${code} in "${text}"`, () => assert.equal(maskCode(text, code), expected));
  }
});

test("D9: a code in a returned name is hidden where the name is told, whatever else is in the name", () => {
  const code = "4711";
  const body = Buffer.from(JSON.stringify({ status: "ACK", callername: `$& $$ ${code}`, destination: code }));
  const values = { code, did: "", callerid: "", callername: "", callid: "" };
  const result = resultOfReply({ status: 200, body }, values, { url: "", elapsedMs: 0, mask: noMasker });
  assert.equal(result.callerName, "$& $$ 4711");
  assert.deepEqual(result.args, { callerName: "$& $$ ****", destination: "4711" });
  assert.match(result.reason, /destination 4711, name "\$& \$\$ \*{4}"/);
});
