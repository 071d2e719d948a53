// D10: names that a webhook returns in bad faith, through real calls. tshark reads the INVITE that the phone gets:
// the same headers as with a harmless name, and exactly the cleaned name.
// Over 5 s: a real server, and a call for each case.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { cleanDisplayName } from "../../src/lib/display-name.ts";
import { type BusyCallee, startBusyCallee } from "../support/busy-callee.ts";
import { companyText, PASSWORD, ringPhone, webhookStep } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { pcapOf } from "../support/pcap.ts";
import { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { registerPhone, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp", "tshark");

const DID = "+31501234567";
const FIRST_CALLER = 31_612_000_000;
const CALLS = 400;
const SEED = 20_261;

const POISON = [
  "\r\nX-Evil: 1",
  "\r\n\r\nBYE sip:x SIP/2.0\r\n",
  "\n",
  "\r",
  "\0",
  '"',
  '\\"',
  "\\",
  '" <sip:evil@evil.example>;tag=1',
  "<sip:evil@evil.example>",
  ">",
  ";tag=abc",
  ",",
  "%0d%0aX-Evil: 2",
  "&status=NAK",
  "=",
  "+",
  "\u202eesrever",
  "\u2066isolate\u2069",
  "\u200b",
  "\ufeff",
  "\u2028",
  "\u0085",
  "\t",
  " ",
  "😀",
  "👩‍👩‍👧",
  "é",
  "e\u0301",
  "漢字",
  "\u{10ffff}",
  "Anonymous",
  "=?utf-8?q?x?=",
  "$(id)",
  "<script>",
  "a".repeat(70),
];

const plain = fc.string({ unit: "grapheme", maxLength: 20 });
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...POISON), plain, fc.string({ unit: "binary", maxLength: 10 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join("").toWellFormed());

/** The first one is harmless: what the others are compared with. */
const names = ["Harmless Name", ...POISON, ...fc.sample(hostile, { numRuns: CALLS, seed: SEED })].slice(
  0,
  CALLS,
);

const caller = ownAddress();
const at215 = ownAddress();
let server: TestServer;
let receiver: Receiver;
let phone: BusyCallee;

before(async () => {
  if (skip !== false) return;
  receiver = await Receiver.start((query, _request, response) => {
    const name = names[Number((query.get("callerid") ?? "").slice(1)) - FIRST_CALLER] ?? "";
    response.end(`status=ACK&callername=${encodeURIComponent(name)}`);
  });
  server = await startServer({
    company: companyText({
      caller,
      receiver: receiver.address,
      routes: { [DID]: [webhookStep("CRM", ["{ type: callerName, mode: webhook }", ringPhone("215")])] },
    }),
  });
  await registerPhone(at215, `${server.address}:5060`, { extension: "215", password: PASSWORD });
  phone = await startBusyCallee(at215);
});

after(async () => {
  await stopEverySipp();
  await phone?.close();
  await server?.stop();
  await receiver?.kill();
});

type Fields = Readonly<Record<string, unknown>>;

/** What tshark makes of messages; repeated headers become arrays. */
function readByTshark(messages: readonly Buffer[]): readonly Fields[] {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-pcap-"));
  try {
    const file = path.join(folder, "invites.pcap");
    writeFileSync(file, pcapOf(messages));
    const args = ["-r", file, "-n", "-T", "json", "--no-duplicate-keys", "-J", "sip", "-Y", "sip"];
    const text = execFileSync("tshark", args, {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const packets = JSON.parse(text) as readonly {
      readonly _source: { readonly layers: { readonly sip: Fields } };
    }[];
    return packets.map(({ _source: source }) => source.layers.sip["sip.msg_hdr_tree"] as Fields);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names of the headers, with how often each stands there. */
function shape(fields: Fields): readonly string[] {
  return Object.entries(fields)
    .filter(([name]) => !name.endsWith("_tree"))
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.length : 1}`)
    .toSorted();
}

/** The display name in a header's value as tshark gives it, escapes undone (RFC 3261 §25.1). */
function nameIn(value: unknown): string {
  const quoted = /^"((?:[^"\\]|\\.)*)" <sip:\+\d+@pbx>(?:;tag=[0-9a-f]+)?$/s.exec(String(value));
  assert.ok(quoted !== null, String(value));
  return (quoted[1] ?? "").replaceAll(/\\(.)/gs, "$1");
}

test(`${names.length} hostile names: the same headers, exactly the cleaned name`, { skip }, async () => {
  const rows = names.map((_name, index) => [DID, `+${FIRST_CALLER + index}`, ""]);
  await sippCaller("caller", { at: caller, server: `${server.address}:5060`, rows, rate: 80 }).succeeded();
  const elsewhere = (await server.recorded(names.length)).filter(({ result }) => result !== "busy");
  assert.deepEqual(
    elsewhere.map(({ caller: number, reason }) => `${number}: ${reason}`),
    [],
    "calls that did not end at the phone",
  );
  assert.equal(phone.invites.length, names.length);

  const seen = new Map<number, Fields>();
  for (const fields of readByTshark(phone.invites)) {
    const index = Number(/sip:\+(\d+)@/.exec(String(fields["sip.From"]))?.[1]) - FIRST_CALLER;
    seen.set(index, fields);
  }
  assert.equal(seen.size, names.length);
  const harmless = shape(seen.get(0) ?? {});
  assert.ok(harmless.length >= 12, harmless.join(", "));
  for (const [index, name] of names.entries()) {
    const fields = seen.get(index) ?? {};
    const what = JSON.stringify(name);
    assert.deepEqual(shape(fields), harmless, what);
    // W7: a line end inside a name becomes a space; it is no part of what follows it.
    const expected = cleanDisplayName(name.replace(/[\r\n]+/g, " "));
    assert.doesNotMatch(expected, /[\u0000-\u001f\u007f]/);
    for (const header of ["sip.From", "sip.P-Asserted-Identity"]) {
      const value = fields[header];
      if (expected === "") assert.match(String(value), /^<sip:/, what);
      else assert.equal(nameIn(value), expected, what);
    }
  }
});

test("tshark would see a header that got through", { skip }, () => {
  const [harmless] = phone.invites;
  assert.ok(harmless !== undefined);
  const planted = harmless.toString("latin1").replace("\r\nTo:", "\r\nX-Evil: 1\r\nTo:");
  const [clean, dirty] = readByTshark([harmless, Buffer.from(planted, "latin1")]).map(shape);
  assert.notDeepEqual(dirty, clean);
});
