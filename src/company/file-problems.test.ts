import assert from "node:assert/strict";
import { test } from "node:test";
import { COMPANY_WITH_AUDIO_TEXT as COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { problemsAfter } from "../../test/support/company-problems.ts";
import { readCompany } from "./file.ts";

// What is wrong with a file, each in its place and with what would be right.

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
    "an extension that calls for help in the company's country is told, and refused by nobody",
    'extension: "216"',
    'extension: "113"',
    [
      "c.yaml:12:18: warning: phones[1].extension: 113 is an emergency number in NL: whoever dials it here reaches this extension, and no help. Give it another one.",
      'c.yaml:15:55: groups[0].members[1]: There is no phone "216". Did you mean "215"?',
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
