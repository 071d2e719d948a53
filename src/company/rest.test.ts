import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { networkHolds } from "../model/network.ts";
import { formatProblem, readCompany } from "./file.ts";

interface Parts {
  readonly home?: string;
  readonly security?: string;
  readonly phones?: string;
  readonly webhooks?: string;
  readonly steps?: string;
  readonly more?: string;
}

const NETWORKS = `webhookAllowedNetworks: ["192.168.7.0/24", "fd00:7::/32"]`;

/** A company on lines of its own: 2 home, 3 security, 4 phones, 5 trunks, 6 outbound, 7 webhooks, 8 plans, 9 and more. */
function company(parts: Parts): string {
  return `version: 1
home: ${parts.home ?? "{ country: NL, timeZone: Europe/Amsterdam }"}
security: ${parts.security ?? `{ ${NETWORKS}, dialCountries: [NL] }`}
phones: [${parts.phones ?? `{ extension: "215", name: Anna, password: correct-horse }`}]
trunks: [{ name: carrier, kind: peer, hosts: ["sip:192.0.2.1"], acceptFrom: ["192.0.2.1/32"] }]
outbound: { trunk: carrier }
webhooks: [${parts.webhooks ?? `{ name: CRM, urlTemplate: "https://crm.example/?n={did}" }`}]
plans: [{ name: main, steps: [${parts.steps ?? `{ type: phone, phone: "215" }`}] }]
${parts.more ?? ""}`;
}

function problems(text: string): readonly string[] {
  const read = readCompany(text, "c.yaml");
  return (read.ok ? read.value.warnings : read.error).map((one) => formatProblem(one).replace("c.yaml:", ""));
}

for (const [name, parts, found] of [
  [
    "a bad value, a reference to nothing, and a template that cannot be used",
    {
      phones: `{ extension: "21x", name: Anna, password: correct-horse }, { extension: "216", name: Bas, password: correct-horse }`,
      webhooks: `{ name: CRM, urlTemplate: "https://crm.example/?n={nobody}" }`,
      steps: `{ type: phone, phone: "217" }`,
    },
    [
      /^4:.*phones\[0\]\.extension/,
      /^7:.*webhooks\[0\]\.urlTemplate: .*nobody/,
      /^8:.*no phone "217"\. Did you mean "216"/,
    ],
  ],
  [
    "nothing is said of references to what has the wrong shape itself",
    {
      phones: `{ extension: "215", name: Anna, password: no }, { extension: "216", nmae: Bas, password: correct-horse }`,
      steps: `{ type: phone, phone: "215" }, { type: phone, phone: "216" }, { type: group, group: "301" }`,
    },
    [
      /^4:.*phones\[0\]\.password/,
      /^4:.*phones\[1\]\.name: This setting is missing/,
      /^4:.*nmae.*Did you mean "name"/,
      /^8:.*no group "301"/,
    ],
  ],
  [
    "a step of an unknown type does not hide what is wrong with the steps beside it",
    {
      steps: `{ type: fone, phone: "215" }, { type: audio, message: nothing-here }, { type: hangUp, as: normal }, { type: phone, phone: "215" }`,
    },
    [
      /^8:.*steps\[0\]\.type/,
      /^8:.*steps\[1\]\.message: There is no audio message/,
      /^8:.*steps\[3\].*never reached/,
    ],
  ],
  [
    "a home that nobody knows: names are looked at, numbers are not",
    {
      home: "{ country: Holland, timeZone: Europe/Amsterdam }",
      steps: `{ type: webhook, webhook: CRX, success: [{ type: fixedDestination, number: "020 123 4567" }] }`,
    },
    [/^2:.*home\.country/, /^8:.*no webhook "CRX"\. Did you mean "CRM"/],
  ],
  [
    "a list under a slip of its key is that list",
    { more: `grups: [{ extension: "300", name: All, members: ["215", "299"] }]` },
    [
      /^9:.*grups: There is no setting "grups" here\. Did you mean "groups"/,
      /^9:.*grups\[0\]\.members\[1\]: There is no phone "299"/,
    ],
  ],
  [
    "what else is wrong with a thing whose key is misspelt",
    {
      webhooks: `{ name: CRM, urlTemplate: "http://[::1", descripton: x }, { name: CRM, urlTemplate: "https://a.example/", mehod: POST }`,
    },
    [
      /^7:.*descripton/,
      /^7:.*webhooks\[0\]\.urlTemplate/,
      /^7:.*mehod.*method/,
      /^7:.*webhooks\[1\]\.name: .*second time/,
    ],
  ],
] as const)
  test(`N10: one pass tells all: ${name}`, () => {
    const lines = problems(company(parts));
    assert.equal(lines.length, found.length, lines.join("\n"));
    for (const one of found)
      assert.ok(
        lines.some((line) => one.test(line)),
        `${one}\n${lines.join("\n")}`,
      );
  });

test("N10: whatever is broken, no problem is one of the taking out, and every place is in the file", () => {
  const broken = [
    (text: string) => text.replace("country: NL", "country: Nowhere"),
    (text: string) => text.replace(`"192.168.7.0/24"`, `"no network"`),
    (text: string) => text.replace("password: correct-horse", "password: 7"),
    (text: string) => text.replace("name: carrier", "nome: carrier"),
    (text: string) => text.replace("trunk: carrier }", "trunk: 5 }"),
    (text: string) => text.replace("name: CRM", "name: []"),
    (text: string) => text.replace("type: phone", "type: telephone"),
    (text: string) => text.replace("name: main", "name: 5"),
    (text: string) => text.replace("phones: [", "phones: 5 #["),
  ];
  fc.assert(
    fc.property(fc.subarray(broken, { minLength: 1 }), (some) => {
      const text = some.reduce(
        (made, one) => one(made),
        company({
          steps: `{ type: webhook, webhook: CRM, success: [{ type: fixedDestination, number: "+31201234567" }], failed: [{ type: phone, phone: "215" }] }`,
        }),
      );
      const lines = problems(text);
      assert.ok(lines.length > 0);
      for (const line of lines) {
        assert.match(line, /^[1-8]:\d+: /);
        assert.doesNotMatch(
          line,
          /There is no (?!step type|setting)|is given a second time|never reached/,
          text,
        );
      }
    }),
    { numRuns: 60 },
  );
});

for (const [name, parts, found] of [
  [
    "a private address that no network allows",
    { webhooks: `{ name: a, urlTemplate: "http://192.168.8.1/?x={did}" }` },
    [/a private network, which security\.webhookAllowedNetworks does not list; add "192\.168\.8\.1\/32"/],
  ],
  [
    "loopback by name",
    { webhooks: `{ name: a, urlTemplate: "http://LOCALHOST:8080/?x={did}" }` },
    [/127\.0\.0\.1 is this machine itself/],
  ],
  [
    "a private IPv6 address",
    { webhooks: `{ name: a, urlTemplate: "http://[fd00:8::1]/?x={did}" }` },
    [/fd00:8::1 is a private network.*add "fd00:8::1\/128"/],
  ],
  [
    "addresses that are allowed",
    {
      webhooks: `{ name: a, urlTemplate: "http://192.168.7.255/?x={did}" }, { name: b, urlTemplate: "http://[fd00:7:ffff::1]:8080/?x={did}" }`,
    },
    [],
  ],
  [
    "an outside number without an outbound trunk",
    { steps: `{ type: fixedDestination, number: "020 123 4567" }`, more: "" },
    [],
  ],
  [
    "a destination from a webhook, and no country",
    {
      security: `{ ${NETWORKS} }`,
      steps: `{ type: webhook, webhook: CRM, success: [{ type: variableDestination }] }`,
    },
    [/^8:.*success\[0\]: .*no country may be called/],
  ],
  [
    "a code without a message that asks for it",
    { webhooks: `{ name: a, method: POST, urlTemplate: "https://a.example/", ivr: { codeLength: 4 } }` },
    [/hear nothing that asks for it: give it a startMessage/],
  ],
] as const)
  test(`N10: check warns of what will fail later: ${name}`, () => {
    const lines = problems(company(parts)).filter((line) => line.includes("warning: "));
    assert.equal(lines.length, found.length, lines.join("\n"));
    found.forEach((one, at) => assert.match(lines[at] ?? "", one));
  });

test("N10: check warns of outside numbers that no trunk takes, once for each plan", () => {
  const steps = `{ type: fixedDestination, number: "020 123 4567" }, { type: fixedDestination, number: "020 123 4568" }`;
  const lines = problems(company({ steps }).replace("outbound: { trunk: carrier }", ""));
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(
    lines[0] ?? "",
    /^8:.*steps\[0\]\.number: No call to an outside number can leave: .*"outbound"/,
  );
});

for (const [wrong, meant, parts] of [
  ["url", "urlTemplate", { webhooks: `{ name: a, url: "https://a.example/" }` }],
  ["prefix", "prepend", { steps: `{ type: callerName, mode: prefix, text: "VIP " }` }],
  ["pass", "password", { phones: `{ extension: "215", name: Anna, pass: correct-horse }` }],
  ["timeout", "timeoutSeconds", { webhooks: `{ name: a, urlTemplate: "https://a.example/", timeout: 3 }` }],
] as const)
  test(`N10: "${wrong}" is a near word of "${meant}"`, () =>
    assert.match(problems(company(parts)).join("\n"), new RegExp(`Did you mean "${meant}"\\?`)));

test("N4: a number without quotes is shown with its zeros in front", () => {
  const lines = problems(
    company({ more: "numbers: [{ number: 0501234567, plan: main }, { number: 050, plan: main }]" }),
  );
  assert.match(lines[0] ?? "", /put it in quotes, as in "0501234567"\./);
  assert.match(lines[1] ?? "", /put it in quotes, as in "050"\./);
});

test("N10: a network holds its addresses, of its own family", () => {
  for (const [cidr, address, holds] of [
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["0.0.0.0/0", "192.0.2.1", true],
    ["::/0", "192.0.2.1", false],
    ["fd00::/8", "fdff:1::7", true],
    ["fd00:7::/32", "fd00:8::1", false],
    ["::ffff:10.0.0.0/104", "::ffff:a00:1", true],
    ["::1/128", "::1", true],
    ["nonsense", "::1", false],
  ] as const)
    assert.equal(networkHolds(cidr, address), holds, `${cidr} ${address}`);
});
