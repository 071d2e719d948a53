// X13: one masker knows every secret of the company, and every row that is kept goes through it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { companySecrets } from "../company/secrets.ts";
import { companySchema } from "../model/company.ts";
import type { CallRow } from "../model/repositories.ts";
import { decodeTrace, encodeTrace } from "../model/trace-bytes.ts";
import { RecordSecrets } from "./record-secrets.ts";

const PASSWORD = "h0rse-b&ttery/é";
const company = companySchema.parse({
  version: 1,
  home: { country: "NL", timeZone: "Europe/Amsterdam" },
  phones: [
    { extension: "215", name: "A", password: PASSWORD },
    { extension: "216", name: "B", password: "received" },
    { extension: "217", name: "C", password: "31501234567" },
  ],
  trunks: [
    {
      name: "t",
      kind: "registration",
      hosts: ["sip:p.example"],
      credentials: { username: "u", password: "trunk-Secret" },
    },
  ],
  webhooks: [{ name: "W", urlTemplate: "https://crm.example/?key=key-of-the-crm" }],
});
const mask = new RecordSecrets();
mask.become(companySecrets(company));

function rowOf(text: string, sip: string): CallRow {
  const story = [
    { atMs: 0, type: "received", source: "udp:1", origin: "x", from: "sip:+31501234567@h", to: "received" },
    { atMs: 1, type: "note", leg: undefined, text },
  ] as const;
  const messages = [sip, "BYE sip:a@b SIP/2.0\r\n\r\n"].map((one, index) => {
    return { atMs: index, leg: "A", direction: "in" as const, peer: "udp:1", text: one };
  });
  return {
    id: "1",
    kind: "call",
    attempts: 1,
    startedAt: 0,
    answeredAt: undefined,
    endedAt: 1,
    caller: "+31501234567",
    callerName: text,
    called: "215",
    origin: "x",
    plan: undefined,
    result: "refused",
    reason: text,
    said: { code: "end.lost", args: { side: "caller", why: { code: "x", args: { text }, text: "" } } },
    missed: false,
    answeredBy: undefined,
    webhooks: [],
    phones: [],
    requests: [
      {
        webhook: "W",
        at: 1,
        call: "1",
        nth: 0,
        verdict: "error",
        failure: "html",
        status: 200,
        elapsedMs: 1,
        reason: text,
        args: { title: text },
      },
    ],
    paths: [],
    trace: encodeTrace({ story, sip: messages }),
  };
}

const FORMS: readonly string[] = [
  PASSWORD,
  "trunk-Secret",
  "key-of-the-crm",
  encodeURIComponent(PASSWORD),
  Buffer.from(`215:${PASSWORD}`).toString("base64").slice(6, 26),
  Buffer.from("trunk-Secret").toString("hex"),
];
for (const form of FORMS) {
  test(`X13: ${form} is in no part of a row, and all the rest is`, () => {
    const masked = mask.row(rowOf(`before ${form} after`, `INVITE sip:1@x SIP/2.0\r\nX: ${form} é\r\n\r\n`));
    const { story, sip } = decodeTrace(masked.trace);
    assert.ok(!JSON.stringify([{ ...masked, trace: "" }, story, sip]).includes(form));
    assert.equal(masked.reason, "before *** after");
    assert.equal(masked.caller, "+31501234567");
    assert.match(sip[0]?.text ?? "", /^INVITE sip:1@x SIP\/2\.0\r\nX: \*+ é\r\n\r\n$/);
    assert.equal(sip[1]?.text, "BYE sip:a@b SIP/2.0\r\n\r\n");
    assert.deepEqual(
      story.map(({ type }) => type),
      ["received", "note"],
    );
  });
}

test("X13: a password in an address of the story is masked, whoever's it is", () => {
  const masked = mask.row(rowOf("<sip:u:pw@h> and sip:215@h:5060", "x"));
  assert.equal(masked.reason, "<sip:u:***@h> and sip:215@h:5060");
  assert.match(JSON.stringify(decodeTrace(masked.trace).story), /<sip:u:\*\*\*@h> and sip:215@h:5060/);
});

test("X13: a row without secrets is the very same", () => {
  const row = rowOf("nothing to hide from sip:215@h", "INVITE sip:1@x SIP/2.0\r\n\r\n");
  const others = company.phones.filter(({ extension }) => extension !== "216");
  const known = new RecordSecrets();
  known.become(companySecrets({ ...company, phones: others }));
  assert.equal(known.row(row), row);
});

test("X13: secrets that come and go one at a time are masked like those of the whole", () => {
  const step = new RecordSecrets();
  const secretOf = (at: number): string => `pass-${at * 7919}-word`;
  // Beyond the number from which only plain forms are looked for, and back below it.
  const everybody = Array.from({ length: 1_200 }, (_, at) => secretOf(at));
  for (const secret of everybody) step.change([], [secret]);
  step.change([], [secretOf(3)]);
  assert.equal(step.text(everybody.slice(0, 5).join(" ")), "*** *** *** *** ***");
  step.change([secretOf(3), secretOf(4)], [secretOf(5_000)]);
  assert.equal(step.text(`${secretOf(3)} ${secretOf(4)} ${secretOf(5_000)}`), `*** ${secretOf(4)} ***`);
  step.change(everybody.slice(100), []);
  assert.equal(step.text(encodeURIComponent("pass-0-word")), "***");
  const whole = new RecordSecrets();
  whole.become([...everybody.slice(0, 4), ...everybody.slice(5, 100), secretOf(5_000)]);
  for (const secret of [...everybody, secretOf(5_000)]) {
    const hex = Buffer.from(secret).toString("hex");
    assert.equal(step.text(`${secret} ${hex}`), whole.text(`${secret} ${hex}`), secret);
  }
});
