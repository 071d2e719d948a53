import assert from "node:assert/strict";
import { existsSync, globSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { stepKinds } from "../../../src/dialplan/steps/registry.ts";
import { bodyOf, recordsOf, replyOf } from "./description.ts";
import { readScenario, scenarioFolders } from "./folder.ts";

const root = path.resolve(import.meta.dirname, "..");

test("every folder is a scenario, and each has what was expected of it", () => {
  const folders = globSync("{nominal,off-nominal}/*/", { cwd: root }).map((one) => one.replace(/\/$/, ""));
  const scenarios = scenarioFolders();
  assert.deepEqual(scenarios.map(({ name }) => name).toSorted(), folders.toSorted());
  for (const { name } of scenarios) assert.ok(existsSync(path.join(root, name, "expected.yaml")), name);
});

test("each kind of step has a scenario in which it decides something, and is played with real SIP too", () => {
  const shown = new Set(
    scenarioFolders()
      .filter(({ description }) => description.virtualOnly === undefined)
      .flatMap(({ expected }) => expected?.calls ?? [])
      .flatMap(({ story }) => story.map(({ type }) => type)),
  );
  for (const { type } of stepKinds) assert.ok(shown.has(type), `no scenario shows ${type}`);
});

test("what was understood of a webhook's reply is told once", () => {
  let replies = 0;
  for (const { name, expected } of scenarioFolders()) {
    for (const { story } of expected?.calls ?? []) {
      const account = /^webhook\.(?:successful|failed|codeRefused)$/;
      for (const line of story.filter(({ code = "" }) => account.test(code))) {
        replies += 1;
        const said = line.says.slice(line.says.indexOf(" ms: ") + 5);
        const told = story.filter(({ at, says }) => at === line.at && says.includes(said));
        assert.equal(told.length, 1, `${name}: ${said}`);
      }
    }
  }
  assert.ok(replies > 10, `${replies} replies`);
});

test("problems of a scenario are told with their place", () => {
  const problems = (text: string): readonly string[] => {
    try {
      readScenario(text, "nominal/x/scenario.yaml");
    } catch (error) {
      return (error as Error).message.split("\n");
    }
    return assert.fail("it was accepted");
  };
  assert.deepEqual(
    problems(`title: x
parties:
  carrier:
    - { when: answerd, do: hangUp }
    - { when: start, do: call }
  "215":
    - { when: invited, do: sing }
phons: ["215"]
`),
    [
      "nominal/x/scenario.yaml:4:15: parties.carrier[0].when: It is one of start, ringing, answered, refused, invited, acknowledged, cancelled, ended, asked NAME, replied NAME.",
      "nominal/x/scenario.yaml:5:7: parties.carrier[1].to: This setting is missing; it is text.",
      'nominal/x/scenario.yaml:7:28: parties.215[0].do: "sing" is not possible here; did you mean "ring"? One of: call, ring, answer, respond, cancel, hangUp, press, offer.',
      'nominal/x/scenario.yaml:8:1: phons: There is no setting "phons" here.',
    ],
  );
  assert.match(problems("title: [")[0] ?? "", /^nominal\/x\/scenario\.yaml:1:\d+: This is not valid YAML/);
});

test("what a scenario names that is not in its company is told with its place", () => {
  const scenario = `title: x
phones: ["219"]
receivers:
  CRN: [{ reply: "status=ACK" }]
parties:
  carier: [{ when: start, do: call, to: "1" }]
  carrier: [{ when: replied vualt, do: hangUp }]
`;
  const company = { phones: [{ extension: "215" }], webhooks: [{ name: "CRM" }, { name: "vault" }] };
  assert.throws(
    () => readScenario(scenario, "x", company),
    (error: Error) => {
      assert.deepEqual(error.message.split("\n"), [
        'x:2:10: phones[0]: The company has no phone "219".',
        'x:4:8: receivers.CRN: The company has no webhook "CRN".',
        'x:6:11: parties.carier: Nobody is called "carier": parties are phones, carrier and stranger.',
        'x:7:21: parties.carrier[0].when: The company has no webhook "vualt".',
      ]);
      return true;
    },
  );
});

test("replies come in order, the last again and again; each way to write one gives its octets", () => {
  const scenario = readScenario(
    `title: x
receivers:
  CRM:
    - { reply: "status=NAK" }
    - { fields: { status: ACK, callername: "A & B" } }
    - { octets: "ef bb bf 73" }
parties:
  carrier: [{ when: start, do: call, to: "1" }, { when: refused, do: call, to: "2" }]
`,
    "x",
  );
  const bodies = [0, 1, 2, 3].map((at) => {
    const reply = replyOf(scenario, "CRM", at);
    return Buffer.from(reply === undefined ? "" : bodyOf(reply)).toString("latin1");
  });
  assert.deepEqual(bodies, ["status=NAK", "status=ACK&callername=A+%26+B", "\xef\xbb\xbfs", "\xef\xbb\xbfs"]);
  assert.equal(replyOf(scenario, "vault", 0), undefined);
  assert.equal(recordsOf(scenario), 2);
});
