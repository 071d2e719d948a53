import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  COMPANY_WITH_AUDIO_TEXT as COMPANY_TEXT,
  COMPANY_WARNING,
  companyWarningLine,
  LINES_OF_AUDIO,
} from "../../test/fakes/company-text.ts";
import { companyAround } from "../model/company-checks.ts";
import { formatProblem, readCompany } from "./file.ts";

/** Read as one, and piece by piece like a large one: nobody can tell. */
function readBoth(text: string): ReturnType<typeof readCompany> {
  const [whole, pieces] = [readCompany(text, "c.yaml"), readCompany(text, "c.yaml", 0)];
  if (whole.ok && pieces.ok) {
    assert.deepEqual(pieces.value.company, whole.value.company);
    assert.deepEqual(pieces.value.warnings, whole.value.warnings);
  } else assert.deepEqual(pieces, whole);
  return whole;
}

/** Lines of `readCompany` on the good file with one change, but for what is said of it anyway. */
function problemsAfter(search: string | RegExp, replacement: string): string[] {
  const text = COMPANY_TEXT.replace(search, replacement);
  assert.notEqual(text, COMPANY_TEXT, "the change must hit");
  const read = readBoth(text);
  return (read.ok ? read.value.warnings : read.error)
    .filter(({ message }) => message !== COMPANY_WARNING.message)
    .map(formatProblem);
}

test("the example is read without a problem, with every default filled in", () => {
  const read = readBoth(COMPANY_TEXT);
  assert.ok(read.ok, read.ok ? "" : read.error.map(formatProblem).join("\n"));
  assert.deepEqual(read.value.warnings.map(formatProblem), [companyWarningLine("c.yaml", LINES_OF_AUDIO)]);
  const { company } = read.value;
  assert.equal(company.webhooks[0]?.timeoutSeconds, 5);
  assert.equal(company.trunks[0]?.trusted, false);
  assert.equal(company.phones[1]?.name, "Andrew Garza");
});

const OTHER_PLACES =
  'Write auto, requestUri, to, pCalledPartyId, diversion, or the name of a header field: "header X-Called".';

const NO_START =
  "c.yaml:45:10: warning: webhooks[1].ivr: Callers are to type a code and hear nothing that asks for it: give it a startMessage, such as en/enter-code.";

const CASES: readonly (readonly [
  name: string,
  search: string | RegExp,
  replacement: string,
  problems: readonly string[],
])[] = [
  [
    "a misspelt key",
    "webhooks:\n",
    "webhoks:\n",
    ['c.yaml:36:1: webhoks: There is no setting "webhoks" here. Did you mean "webhooks"?'],
  ],
  [
    "a misspelt key in an entry",
    'urlTemplate: "http:',
    'urltemplate: "http:',
    [
      "c.yaml:37:5: webhooks[0].urlTemplate: This setting is missing; it is text.",
      'c.yaml:40:5: webhooks[0].urltemplate: There is no setting "urltemplate" here. Did you mean "urlTemplate"?',
    ],
  ],
  [
    "a number where text belongs",
    'extension: "215"',
    "extension: 215",
    ['c.yaml:11:18: phones[0].extension: This must be text: put it in quotes, as in "215".'],
  ],
  [
    "a missing value",
    "country: NL",
    "country:",
    ["c.yaml:3:3: home.country: This must be text, not nothing."],
  ],
  [
    "an unknown country",
    "country: NL",
    "country: XX",
    ['c.yaml:3:12: home.country: A country is two capital letters of ISO 3166, for example "NL".'],
  ],
  [
    "an unknown time zone",
    "Europe/Amsterdam",
    "Europe/Amsterdm",
    ['c.yaml:4:13: home.timeZone: A time zone has an IANA name, for example "Europe/Amsterdam".'],
  ],
  [
    "an address without its length",
    '"127.0.0.1/32"',
    '"127.0.0.1"',
    [
      'c.yaml:21:18: trunks[0].acceptFrom[0]: A network needs its length: "127.0.0.1/32" for this one address.',
    ],
  ],
  [
    "a misspelt choice",
    "strategy: all",
    "strategy: inorder",
    [
      'c.yaml:15:73: groups[0].strategy: "inorder" is not possible here; did you mean "inOrder"? One of: all, inOrder, smart.',
    ],
  ],
  [
    "a dangling member",
    '["215", "216"]',
    '["215", "217"]',
    ['c.yaml:15:55: groups[0].members[1]: There is no phone "217". Did you mean "215"?'],
  ],
  [
    "S5: a trunk's plan that does not exist",
    "    trusted: true\n",
    "    plan: mian\n",
    ['c.yaml:28:11: trunks[1].plan: There is no plan "mian". Did you mean "main"?'],
  ],
  ...(
    [
      ["header X Called", OTHER_PLACES],
      ["header X-Called:", OTHER_PLACES],
      ["header", OTHER_PLACES],
      ["X-Called", OTHER_PLACES],
      ["request-uri", OTHER_PLACES],
      ["header Via", '"Via" never says who was called.'],
      ["header from", '"from" never says who was called.'],
    ] as const
  ).map(
    ([value, sentence]) =>
      [
        `S5: no place of a called number: ${value}`,
        "    trusted: true\n",
        `    calledNumberFrom: ${JSON.stringify(value)}\n`,
        [`c.yaml:28:23: trunks[1].calledNumberFrom: ${sentence}`],
      ] as const,
  ),
  [
    "S5: nonsense in a trunk's addresses",
    "    trusted: true\n",
    '    account: "a b"\n    outboundProxy: "proxy.example"\n    fromUser: "me@x"\n    fromDomain: "sip:x"\n    contactUser: "<a"\n',
    [
      'c.yaml:28:14: trunks[1].account: An account is the user of the registered address ("31501234567"), or all of it ("31501234567@provider.example").',
      'c.yaml:29:20: trunks[1].outboundProxy: A host is a SIP address without a user, for example "sip:sip.example.com:5060;transport=udp".',
      "c.yaml:30:15: trunks[1].fromUser: fromUser is the part before the @ of a SIP address, without spaces, quotes and brackets.",
      'c.yaml:31:17: trunks[1].fromDomain: fromDomain is a name or an address without "sip:" and without a port, for example "provider.example".',
      "c.yaml:32:18: trunks[1].contactUser: contactUser is the part before the @ of a SIP address, without spaces, quotes and brackets.",
    ],
  ],
  [
    "S5: an account of a peer",
    "    callerIdProfile: from\n",
    "    callerIdProfile: pPreferredIdentity\n    account: a\n",
    [
      "c.yaml:24:14: warning: trunks[0].account: Only a trunk of kind registration has an account; this one is a peer, so it counts for nothing.",
    ],
  ],
  [
    "a dangling outbound trunk",
    "  trunk: carrier",
    "  trunk: carier",
    ['c.yaml:30:10: outbound.trunk: There is no trunk "carier". Did you mean "carrier"?'],
  ],
  [
    "a dangling plan",
    "plan: main }",
    "plan: mian }",
    ['c.yaml:61:37: numbers[0].plan: There is no plan "mian". Did you mean "main"?'],
  ],
  [
    "an extension twice",
    'extension: "300"',
    'extension: "216"',
    [
      'c.yaml:15:18: groups[0].extension: Extension "216" is given a second time; it must be unique.',
      'c.yaml:55:35: plans[0].steps[0].success[2].group: There is no group "300".',
    ],
  ],
  [
    "an emergency number as extension",
    'extension: "300"',
    'extension: "112"',
    [
      "c.yaml:15:18: groups[0].extension: This is an emergency number; it cannot be an extension.",
      'c.yaml:55:35: plans[0].steps[0].success[2].group: There is no group "300".',
    ],
  ],
  [
    "a short password",
    "correct-horse",
    "horse",
    ["c.yaml:11:52: phones[0].password: A password has at least 8 characters."],
  ],
  [
    "a weak password is only told",
    "correct-horse",
    "correct-215",
    [
      "c.yaml:11:52: warning: phones[0].password: The password of phone 215 contains its extension; scanners try that first.",
    ],
  ],
  [
    "a long password with an extension in it by chance is none of the weak ones",
    "correct-horse",
    "x7Kq215mPzw9",
    [],
  ],
  [
    "a password that examples are published with",
    "correct-horse",
    "change-me-reception",
    [
      "c.yaml:11:52: warning: phones[0].password: The password of phone 215 is one that examples are published with.",
    ],
  ],
  [
    "a host with a user",
    '"sip:sip.example.com"',
    '"sip:me@sip.example.com"',
    [
      'c.yaml:26:13: trunks[1].hosts[0]: A host is a SIP address without a user, for example "sip:sip.example.com:5060;transport=udp".',
    ],
  ],
  [
    "a registration without credentials",
    "    credentials: { username: acct, password: trunk-secret }\n",
    "",
    ["c.yaml:24:5: trunks[1]: A trunk that registers needs credentials: { username, password }."],
  ],
  [
    "a webhook that asks for a code and does not pass it on",
    "?code={code}&",
    "?",
    [
      "c.yaml:42:18: warning: webhooks[1].urlTemplate: Callers are asked for a code (ivr), but the URL has no {code}: the receiver cannot tell a right one from a wrong one.",
    ],
  ],
  [
    "a code in the URL of a webhook that asks for none",
    "?did={did}&",
    "?did={did}&code={code}&",
    [
      "c.yaml:40:18: warning: webhooks[0].urlTemplate: {code} is always empty here: callers are asked for a code only where the webhook has ivr.",
    ],
  ],
  ["a webhook that asks for a code, in a plan", "webhook: CRM", "webhook: VIP code", []],
  ["no messages for a code", ", startMessage: enter-code", "", [NO_START]],
  ["ivr with its defaults", /ivr: .*/, "ivr: {}", [NO_START]],
  [
    "no time for a code",
    "{ timeoutSeconds: 10,",
    "{ timeoutSeconds: 0,",
    [
      "c.yaml:45:28: webhooks[1].ivr.timeoutSeconds: The time to enter a code is whole seconds, from 1 to 60.",
    ],
  ],
  [
    "too much time for a code",
    "{ timeoutSeconds: 10,",
    "{ timeoutSeconds: 61,",
    [
      "c.yaml:45:28: webhooks[1].ivr.timeoutSeconds: The time to enter a code is whole seconds, from 1 to 60.",
    ],
  ],
  [
    "time for a code that is not whole, attempts in words, a long code",
    "{ timeoutSeconds: 10, attempts: 3,",
    "{ timeoutSeconds: 2.5, attempts: three, codeLength: 33,",
    [
      "c.yaml:45:28: webhooks[1].ivr.timeoutSeconds: The time to enter a code is whole seconds, from 1 to 60.",
      "c.yaml:45:43: webhooks[1].ivr.attempts: The number of attempts is a whole number from 1 to 10.",
      "c.yaml:45:62: webhooks[1].ivr.codeLength: The length of a code is a whole number of digits, from 1 to 32.",
    ],
  ],
  [
    "no attempt at all",
    "attempts: 3",
    "attempts: 0",
    ["c.yaml:45:42: webhooks[1].ivr.attempts: The number of attempts is a whole number from 1 to 10."],
  ],
  [
    "eleven attempts",
    "attempts: 3",
    "attempts: 11",
    ["c.yaml:45:42: webhooks[1].ivr.attempts: The number of attempts is a whole number from 1 to 10."],
  ],
  [
    "an audio step with a message that is missing",
    '- { type: phone, phone: "215", ringSeconds: 20 }',
    "- { type: audio, message: enter-cod }",
    [
      'c.yaml:58:37: plans[0].steps[0].failed[1].message: There is no audio message "enter-cod". Did you mean "enter-code"?',
    ],
  ],
  [
    "an audio step",
    '- { type: phone, phone: "215", ringSeconds: 20 }',
    "- { type: audio, message: wrong-code }",
    [],
  ],
  [
    "an audio message that is missing",
    "startMessage: enter-code",
    "startMessage: enter-cod",
    [
      'c.yaml:45:59: webhooks[1].ivr.startMessage: There is no audio message "enter-cod". Did you mean "enter-code"?',
    ],
  ],
  [
    "a number without a plan is only told",
    ", plan: main }",
    " }",
    ["c.yaml:61:5: warning: numbers[0]: Calls to +31501234567 are refused (404): it has no plan."],
  ],
  [
    "a number that is not E.164",
    "+31501234567",
    "0501234567",
    [
      'c.yaml:61:15: numbers[0].number: A phone number is + and the country code, only digits: "+31501234567".',
    ],
  ],
  [
    "a file version of the future",
    "version: 1",
    "version: 2",
    ["c.yaml:1:10: version: This release reads version 1 of the company file."],
  ],
  [
    "a key twice",
    "  country: NL\n",
    "  country: NL\n  country: BE\n",
    ["c.yaml:4:3: This key is given a second time; each may be given once."],
  ],
  [
    "a second document",
    /$/,
    "---\nversion: 1\n",
    ["c.yaml:62:1: The file has a second document here; it may have only one."],
  ],
];

for (const [name, search, replacement, problems] of CASES) {
  test(`located: ${name}`, () => assert.deepEqual(problemsAfter(search, replacement), problems));
}

test("a company that lets in whoever knows the door code", () => {
  const read = readCompany(
    `
version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
phones:
  - { extension: "31", name: Porter, password: let-them-in }
audioMessages:
  - { name: which code, text: "Please enter the door code, then press hash.", language: en }
  - { name: not that one, text: "That is not it.", language: en }
  - { name: still there, text: "Are you still there?", language: en }
  - { name: goodbye, text: "Goodbye.", language: en }
webhooks:
  - name: door
    urlTemplate: "https://doors.example/{did}/open?code={code}"
    ivr:
      timeoutSeconds: 15
      attempts: 2
      codeLength: 6
      startMessage: which code
      incorrectMessage: not that one
      timeoutMessage: still there
plans:
  - name: entrance
    steps:
      - type: webhook
        webhook: door
        success:
          - { type: phone, phone: "31" }
        failed:
          - { type: audio, message: goodbye }
          - { type: hangUp, as: normal }
numbers:
  - { number: "+31201234567", plan: entrance }
`,
    "doors.yaml",
  );
  assert.ok(read.ok, read.ok ? "" : read.error.map(formatProblem).join("\n"));
  assert.deepEqual(
    read.value.warnings.map(({ message }) => message),
    [COMPANY_WARNING.message],
  );
  assert.deepEqual(companyAround(read.value.company).directory.webhooks.get("door")?.ivr, {
    timeoutMs: 15_000,
    attempts: 2,
    codeLength: 6,
    startMessage: "which code",
    incorrectMessage: "not that one",
    timeoutMessage: "still there",
  });
});

test("problems of a plan are found at their step", () => {
  const [problem, ...others] = problemsAfter('phone: "215"', 'phone: "512"');
  assert.match(problem ?? "", /^c\.yaml:58:35: plans\[0\]\.steps\[0\]\.failed\[1\]\.phone: .*"?512/);
  assert.deepEqual(others, []);
  assert.match(problemsAfter("type: group,", "type: grup,")[0] ?? "", /^c\.yaml:55:.*Did you mean "group"\?/);
});

test("problems of a URL template are found at the template", () => {
  const [problem] = problemsAfter('{code}&callerid={callerid}"', '{code}&callerid={caller}"');
  assert.match(problem ?? "", /^c\.yaml:42:18: webhooks\[1\]\.urlTemplate: .*\{caller\}/);
});

test("several problems come in the order of the file", () => {
  const text = COMPANY_TEXT.replace("country: NL", "country: XX").replace("+31501234567", "0501");
  const read = readCompany(text, "c.yaml");
  assert.ok(!read.ok);
  assert.deepEqual(
    read.error.map((problem) => problem.line),
    [3, 61],
  );
});

test("JSON is read too", () => {
  const read = readCompany('{"version":1,"home":{"country":"NL","timeZone":"Europe/Amsterdam"}}', "c.json");
  assert.ok(read.ok);
});

for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
  test(`the key ${key} is an unknown setting like any other`, () => {
    for (const text of [
      `${key}: { x: 1 }\n${COMPANY_TEXT}`,
      COMPANY_TEXT.replace("country: NL", `country: NL\n  ${key}: x`),
    ]) {
      const read = readCompany(text, "c.yaml");
      assert.ok(!read.ok, `${key} was taken`);
      assert.match(read.error[0]?.message ?? "", new RegExp(`There is no setting "${key}"`));
    }
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
  });
}

test("bombs are refused: aliases, depth, size", () => {
  const levels = Array.from(
    { length: 30 },
    (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`,
  );
  const bombs = [
    `a0: &a0 [x, x]\n${levels.join("\n")}\n`,
    "[".repeat(100_000),
    `${"- ".repeat(100_000)}x`,
    "{a: ".repeat(50_000),
    "a".repeat(4 * 1024 * 1024 + 1),
    "a: 1\n".repeat(7 * 1024 * 1024),
    "&a [*a]",
    "x: *nobody",
  ];
  for (const text of bombs) {
    const read = readCompany(text, "c.yaml");
    assert.ok(!read.ok);
    assert.ok((read.error[0]?.message.length ?? 0) < 400);
  }
});

test("no text makes it throw, and every problem has a place inside the file", () => {
  const soup = fc
    .array(
      fc.constantFrom(
        "version: 1\n",
        "phones:",
        "\n  ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ": ",
        "&a ",
        "*a ",
        '"',
        "'",
        "|\n",
        "? ",
        "!!x ",
        "#",
        "\t",
        "---\n",
        "\u0000",
        "€",
        "215",
        "null",
        "<<: ",
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(""));
  const mutated = fc
    .tuple(fc.nat(COMPANY_TEXT.length), fc.nat(30), fc.string({ maxLength: 8 }))
    .map(([at, length, put]) => COMPANY_TEXT.slice(0, at) + put + COMPANY_TEXT.slice(at + length));
  fc.assert(
    fc.property(fc.oneof(soup, mutated, fc.string({ unit: "binary" })), (text) => {
      const read = readCompany(text, "c.yaml");
      const lines = text.split("\n").length;
      for (const problem of read.ok ? read.value.warnings : read.error) {
        assert.ok(problem.line >= 1 && problem.line <= lines + 1, `line ${problem.line} of ${lines}`);
        assert.ok(problem.column >= 1 && problem.message.length > 0);
      }
    }),
    { numRuns: 600 },
  );
});

test("N10: a trunk that is everybody, and a host that no call can go to, are warned of", () => {
  const text = `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
trunks:
  - name: p
    kind: peer
    hosts: ["sip:a.example", "sips:a.example;transport=UDP", "sips:a.example;transport=tcp"]
    acceptFrom: ["192.0.2.0/24", "0.0.0.0/0", "::/0", "2001:db8::/32"]
`;
  const read = readCompany(text, "company.yaml");
  assert.ok(read.ok, JSON.stringify(read));
  const warned = read.value.warnings.map(({ code, line, column }) => `${line}:${column} ${code}`);
  assert.deepEqual(warned, ["6:30 noWayOverTls", "7:34 everybodyIsTrunk", "7:47 everybodyIsTrunk"]);
});

const SECURE_TRUNKS: readonly (readonly [hosts: string, proxy: string, warned: boolean])[] = [
  ["sips:a.example", "sip:proxy.example", true],
  ["sips:a.example", "sip:192.0.2.1:5060;transport=udp", true],
  ["sips:a.example", "sip:proxy.example;transport=tcp", true],
  ["sips:a.example", "sip:proxy.example;transport=TLS", false],
  ["sips:a.example", "sips:proxy.example", false],
  ["sip:a.example", "sip:proxy.example", false],
];
for (const [host, proxy, warned] of SECURE_TRUNKS) {
  test(`T7: a trunk at ${host} behind ${proxy} is ${warned ? "" : "not "}warned of: no call could go out`, () => {
    const text = `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
trunks:
  - { name: p, kind: peer, hosts: ["${host}"], outboundProxy: "${proxy}", acceptFrom: ["192.0.2.0/24"] }
`;
    const read = readCompany(text, "company.yaml");
    assert.ok(read.ok, JSON.stringify(read));
    const codes = read.value.warnings.map(({ code, line }) => `${line} ${code}`);
    assert.deepEqual(codes, warned ? ["4 noWayOverTls"] : []);
  });
}

/** A company of 400 phones with much to say about each, over 4 MiB. */
function largeText(more: string): string {
  const remark = `  # ${"a long remark ".repeat(800)}\n`;
  const phones = Array.from(
    { length: 400 },
    (_, at) =>
      `${remark}  - extension: "${200 + at}"\n    name: Desk ${at}\n    password: "password-${at}"\n`,
  );
  return `version: 1\nhome: { country: NL, timeZone: Europe/Amsterdam }\nphones:\n${phones.join("")}${more}`;
}

test("a file over 4 MiB is read piece by piece; its problems have their lines", () => {
  const text = largeText('plans:\n  - name: main\n    steps:\n      - { type: phone, phone: "9" }\n');
  assert.ok(text.length > 4.2 * 1024 * 1024, `${text.length}`);
  const read = readCompany(text, "c.yaml");
  const lines = (read.ok ? [] : read.error).map(formatProblem);
  assert.equal(lines.length, 1, lines.slice(0, 3).join("\n"));
  assert.match(lines[0] ?? "", /^c\.yaml:1607:\d+: plans\[0\]\.steps\[0\]\.phone: /);
});

const IN_THE_WAY: readonly (readonly [more: string, problem: RegExp])[] = [
  ["numbers: &all []\n", /^c\.yaml:1604:1: .*larger than 4 MiB, and .* alias/],
  ["--- \n", /^c\.yaml:1604:1: .*larger than 4 MiB, and .* left edge/],
  ["phones: []\n", /^c\.yaml:1604:1: This key is given a second time/],
  ['numbers: ["a\\z"]\n', /^c\.yaml:1604:\d+: This is not valid YAML/],
];
for (const [more, problem] of IN_THE_WAY) {
  test(`a file over 4 MiB with ${JSON.stringify(more)} is refused at its line`, () => {
    const read = readCompany(largeText(more), "c.yaml");
    assert.ok(!read.ok);
    assert.match(read.error.map(formatProblem)[0] ?? "", problem);
  });
}
