import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parseMessage } from "../../src/sip/message/parser.ts";
import { serialize } from "../../src/sip/message/serializer.ts";
import { requestUriFault } from "../../src/sip/message/uri.ts";
import { type Outcome, outcomeOf, viewOf } from "./golden-case.ts";

interface Expectation {
  readonly rfc: string;
  readonly point: string;
  readonly outcome: Outcome;
  readonly says?: string;
  readonly requestUri?: number;
  readonly views?: Readonly<Record<string, unknown>>;
}

const folder = new URL("./", import.meta.url);
const expectations = new Map(
  Object.entries<Expectation | string>(
    JSON.parse(readFileSync(new URL("expectations.json", folder), "utf8")) as Record<
      string,
      Expectation | string
    >,
  ).filter((entry): entry is [string, Expectation] => typeof entry[1] !== "string"),
);

test("every golden message has an expectation, and the other way round", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".sip"));
  assert.deepEqual(files.map((file) => file.slice(0, -4)).sort(), [...expectations.keys()].sort());
});

for (const [name, expected] of expectations) {
  test(`${name}: ${expected.point} (${expected.rfc})`, () => {
    const bytes = readFileSync(new URL(`${name}.sip`, folder));
    const parsed = parseMessage(bytes);
    assert.equal(outcomeOf(bytes), expected.outcome, parsed.ok ? "" : parsed.fault.reason);
    if (!parsed.ok) {
      assert.ok(parsed.fault.reason.includes(expected.says ?? ""), parsed.fault.reason);
      // What is answered names the Via to answer to; what is not, carries nothing to answer with.
      assert.equal(
        parsed.fault.echo?.some(([field]) => field === "Via") ?? false,
        expected.outcome !== "silent",
      );
      return;
    }
    const { message } = parsed;
    if (message.kind === "request") assert.equal(requestUriFault(message.uri)?.status, expected.requestUri);
    for (const [path, value] of Object.entries(expected.views ?? {}))
      assert.deepEqual(viewOf(message, path), value, path);
    const written = serialize(message);
    const start = bytes.indexOf(message.kind === "request" ? message.method : "SIP/");
    assert.ok(
      written.equals(bytes.subarray(start, start + written.length)),
      "the octets come out as they came in",
    );
  });
}
