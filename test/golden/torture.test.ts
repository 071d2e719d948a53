import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { StreamFramer } from "../../src/sip/message/framer.ts";
import { parseMessage } from "../../src/sip/message/parser.ts";
import { serialize } from "../../src/sip/message/serializer.ts";
import { requestUriFault } from "../../src/sip/message/uri.ts";
import { type Outcome, outcomeOf } from "./golden-case.ts";

// The messages of RFC 4475 and RFC 5118 lie beside the project; our own golden messages stand in where they do not.
const torture = new URL("../../../shared/torture/", import.meta.url);
const wire = new URL("rfc5118/wire/", torture);
const present = existsSync(torture);
const absent = present ? false : "NOT RUN: ../shared/torture is not there";

/** What the parser does; all others are taken here, whatever the user agent answers then. */
const REFUSED: Readonly<Record<string, Outcome>> = {
  badinv01: 400,
  clerr: 400,
  ncl: 400,
  scalar02: 400,
  scalarlg: "silent",
  quotbal: 400,
  ltgtruri: 400,
  lwsruri: 400,
  lwsstart: 400,
  trws: 400,
  escruri: 400,
  regbadct: 400,
  badaspec: 400,
  baddn: 400,
  badvers: 505,
  mismatch01: 400,
  bigcode: "silent",
  badbranch: 400,
  insuf: 400,
  multi01: 400,
  mcl01: 400,
  test: "silent",
  "ipv6-bad": 400,
};

/** Request-URIs whose scheme the user agent refuses. */
const OTHER_SCHEME = new Set(["unkscm", "novelsc"]);

test("the torture messages are there in CI", { skip: process.env.CI === undefined && absent }, () => {
  assert.ok(present, "../shared/torture is missing");
});

function messages(): [name: string, bytes: Buffer][] {
  if (!present) return [];
  return [torture, wire].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith(".dat"))
      .map((file): [string, Buffer] => [file.slice(0, -4), readFileSync(new URL(file, folder))]),
  );
}

test("each torture message meets its outcome", { skip: absent }, () => {
  const all = messages();
  assert.equal(all.length, 62);
  for (const [name, bytes] of all) {
    assert.equal(outcomeOf(bytes), REFUSED[name] ?? "ok", name);
    const parsed = parseMessage(bytes);
    if (!parsed.ok) continue;
    const written = serialize(parsed.message);
    assert.ok(written.equals(bytes.subarray(0, written.length)), `${name} is written as it was read`);
    if (parsed.message.kind !== "request") continue;
    assert.equal(requestUriFault(parsed.message.uri)?.status, OTHER_SCHEME.has(name) ? 416 : undefined, name);
  }
});

test("baddn with its empty line put back is refused for the display name", { skip: absent }, () => {
  const bytes = Buffer.concat([readFileSync(new URL("baddn.dat", torture)), Buffer.from("\r\n")]);
  const parsed = parseMessage(bytes);
  assert.equal(
    parsed.ok ? "" : parsed.fault.reason,
    "The From header field is malformed: the display name must be quoted.",
  );
});

test("every torture message cut at every octet gives the frames of the whole", { skip: absent }, () => {
  let cuts = 0;
  for (const [name, bytes] of messages()) {
    const whole = frames([bytes]);
    for (let at = 1; at < bytes.length; at++) {
      cuts++;
      const cut = frames([bytes.subarray(0, at), bytes.subarray(at)]);
      // Built only for a failure: 30,000 comparisons by deepEqual would take seconds.
      if (cut !== whole) assert.equal(cut, whole, `${name} cut at ${at}`);
    }
  }
  assert.ok(cuts > 25_000, `${cuts} cuts`);
});

/** The frames of a stream as one text. */
function frames(chunks: readonly Buffer[]): string {
  const framer = new StreamFramer();
  let text = "";
  for (const chunk of chunks) {
    framer.push(chunk);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      if (frame.kind === "message") text += `message ${frame.bytes.toString("latin1")}\n`;
      else if (frame.kind === "fault")
        text += `fault ${JSON.stringify(frame.fault.status)} ${frame.fault.reason}\n`;
      else text += "keep-alive\n";
    }
  }
  return `${text}${framer.midMessage ? "unfinished" : ""}`;
}
