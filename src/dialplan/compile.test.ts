import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { compile, type PlanProblem } from "./compile.ts";
import type { Directory } from "./directory.ts";
import { stepAtPath } from "./outline.ts";
import { MAX_DEPTH, MAX_STEPS, type Plan, planDocument } from "./plan.ts";
import { END } from "./steps/step.ts";

const DIRECTORY: Directory = {
  home: { country: "NL" },
  security: { dialCountries: ["NL", "BE", "DE"] },
  phones: new Map([
    ["215", { name: "Reception" }],
    ["216", { name: "Andrew Garza" }],
  ]),
  groups: new Map([
    ["300", { name: "Sales", members: ["215", "216"], strategy: "all" as const }],
    ["301", { name: "Support", members: ["215"], strategy: "smart" as const }],
  ]),
  plans: new Map(),
  audioMessages: new Map([["welcome", {}]]),
  webhooks: new Map([["CRM", { callerIdForwarding: "caller" as const, ivr: undefined }]]),
};

function compiled(steps: readonly unknown[]): Plan {
  const plan = compile({ name: "main", steps }, DIRECTORY, 7);
  assert.ok(plan.ok, plan.ok ? "" : JSON.stringify(plan.error));
  return plan.value;
}

function problems(document: unknown): readonly PlanProblem[] {
  const plan = compile(document, DIRECTORY);
  assert.ok(!plan.ok);
  return plan.error;
}

/** The problems of a plan with these steps, each as `step code path`. */
function found(steps: unknown): string[] {
  return problems({ name: "main", steps }).map((one) => `${one.step} ${one.code} ${one.path.join(".")}`);
}

const phone = { type: "phone", phone: "215", ringSeconds: 20 };
const hook = (success: readonly unknown[], failed: readonly unknown[] = []): unknown => ({
  type: "webhook",
  webhook: "CRM",
  success,
  failed,
});

test("the example company's main plan: numbers, order and defaults", () => {
  const plan = compiled([
    phone,
    hook(
      [
        { type: "callerName", mode: "webhook" },
        { type: "variableDestination" },
        { type: "group", group: "300" },
      ],
      [
        { type: "callerName", mode: "prepend", text: "CRM down: " },
        { type: "fixedDestination", number: "020 1234567" },
        { type: "hangUp", as: "rejected" },
      ],
    ),
  ]);
  assert.equal(plan.name, "main");
  assert.equal(plan.version, 7);
  assert.deepEqual(
    plan.steps.map((step) => [step.number, step.type, step.next]),
    [
      ["1", "phone", 1],
      ["2", "webhook", END],
      ["2.1.1", "callerName", 3],
      ["2.1.2", "variableDestination", 4],
      ["2.1.3", "group", END],
      ["2.2.1", "callerName", 6],
      ["2.2.2", "fixedDestination", 7],
      ["2.2.3", "hangUp", END],
    ],
  );
  assert.partialDeepStrictEqual(plan.steps[1], { success: 2, failed: 5 });
  assert.partialDeepStrictEqual(plan.steps[3], { ringMs: 20_000 });
  assert.partialDeepStrictEqual(plan.steps[4], { ringMs: 20_000, ignoreForwarding: false });
  assert.partialDeepStrictEqual(plan.steps[6], { ringMs: 25_000, destination: "+31201234567" });
  assert.deepEqual(structuredClone(plan), plan);
});

test("an audio message names what it plays, and steps may follow", () => {
  assert.deepEqual(compiled([{ type: "audio", message: "welcome" }, phone]).steps, [
    { number: "1", next: 1, type: "audio", message: "welcome" },
    { number: "2", next: END, type: "phone", phone: "215", ringMs: 20_000 },
  ]);
});

test("a branch may be left out, and is then empty", () => {
  assert.partialDeepStrictEqual(compiled([{ type: "webhook", webhook: "CRM" }]).steps[0], {
    success: END,
    failed: END,
  });
});

test("webhooks nest 32 levels deep, not 33, and not 100,000", () => {
  const nested = (levels: number): unknown[] => {
    let steps: unknown[] = [phone];
    for (let level = 1; level < levels; level += 1) steps = [hook(steps)];
    return steps;
  };
  const plan = compiled(nested(MAX_DEPTH));
  assert.equal(plan.steps.at(-1)?.number, `${"1.1.".repeat(MAX_DEPTH - 1)}1`);
  assert.equal(compiled(nested(14)).steps.length, 14);
  for (const levels of [MAX_DEPTH + 1, 100_000]) {
    const [problem, ...others] = problems({ name: "deep", steps: nested(levels) });
    assert.equal(problem?.code, "tooDeep");
    assert.equal(problem.step, `${"1.1.".repeat(MAX_DEPTH)}1`);
    assert.equal(others.length, 0);
  }
});

test("a document that contains itself is a problem, not an endless loop", () => {
  const steps: unknown[] = [];
  steps.push(hook(steps), phone);
  assert.equal(problems({ name: "loop", steps })[0]?.code, "tooDeep");
});

test("a plan has at most 1,000 steps, branches counted", () => {
  assert.equal(compiled(Array.from({ length: MAX_STEPS }, () => phone)).steps.length, MAX_STEPS);
  assert.deepEqual(found(Array.from({ length: MAX_STEPS + 1 }, () => phone)), [" tooManySteps steps"]);
  const half = Array.from({ length: MAX_STEPS / 2 }, () => phone);
  assert.deepEqual(found([hook(half, half)]), [" tooManySteps steps"]);
});

const CASES: readonly (readonly [name: string, steps: unknown, expected: readonly string[]])[] = [
  ["no steps", [], [" emptyPlan steps"]],
  ["steps that are no list", "phone", [" invalidDocument steps"]],
  ["no steps at all", undefined, [" invalidDocument steps"]],
  ["a step that is no object", [phone, null, 3], ["2 invalidDocument steps.1", "3 invalidDocument steps.2"]],
  ["an unknown type", [{ type: "phnoe" }], ["1 unknownStepType steps.0.type"]],
  [
    "a type from the prototype",
    [{ type: "constructor" }, { type: "__proto__" }],
    ["1 unknownStepType steps.0.type", "2 unknownStepType steps.1.type"],
  ],
  ["no type", [{ phone: "215" }], ["1 unknownStepType steps.0.type"]],
  ["a missing key", [{ type: "phone" }], ["1 invalidDocument steps.0.phone"]],
  ["a number instead of text", [{ type: "phone", phone: 215 }], ["1 invalidDocument steps.0.phone"]],
  ["an unknown key", [{ ...phone, ringSecond: 3 }], ["1 invalidDocument steps.0.ringSecond"]],
  ["ring time 0", [{ ...phone, ringSeconds: 0 }], ["1 invalidDocument steps.0.ringSeconds"]],
  ["ring time 181", [{ ...phone, ringSeconds: 181 }], ["1 invalidDocument steps.0.ringSeconds"]],
  ["ring time 1.5", [{ ...phone, ringSeconds: 1.5 }], ["1 invalidDocument steps.0.ringSeconds"]],
  ["ring time as text", [{ ...phone, ringSeconds: "20" }], ["1 invalidDocument steps.0.ringSeconds"]],
  ["an unknown phone", [{ ...phone, phone: "217" }], ["1 unknownPhone steps.0.phone"]],
  ["a group as phone", [{ ...phone, phone: "300" }], ["1 unknownPhone steps.0.phone"]],
  ["an unknown group", [{ type: "group", group: "215" }], ["1 unknownGroup steps.0.group"]],
  ["a smart group", [{ type: "group", group: "301" }], ["1 strategyNotAvailable steps.0.group"]],
  ["an unknown webhook", [{ type: "webhook", webhook: "crm" }], ["1 unknownWebhook steps.0.webhook"]],
  [
    "an unknown audio message",
    [{ type: "audio", message: "Welcome" }],
    ["1 unknownAudioMessage steps.0.message"],
  ],
  ["an audio step without a message", [{ type: "audio" }], ["1 invalidDocument steps.0.message"]],
  [
    "an audio message deep down",
    [hook([], [{ type: "audio", message: "bye" }])],
    ["1.2.1 unknownAudioMessage steps.0.failed.0.message"],
  ],
  [
    "an internal number as fixed destination",
    [{ type: "fixedDestination", number: "215" }],
    ["1 numberIsInternal steps.0.number"],
  ],
  ["an emergency number", [{ type: "fixedDestination", number: "112" }], ["1 numberRefused steps.0.number"]],
  [
    "a country that may not be dialled",
    [{ type: "fixedDestination", number: "+442079460000" }],
    ["1 numberRefused steps.0.number"],
  ],
  [
    "a URI as fixed destination",
    [{ type: "fixedDestination", number: "sip:a@b" }],
    ["1 numberRefused steps.0.number"],
  ],
  [
    "variable destination outside a webhook",
    [phone, { type: "variableDestination" }],
    ["2 outsideWebhook steps.1.type"],
  ],
  [
    "caller name of a webhook outside one",
    [{ type: "callerName", mode: "webhook" }],
    ["1 outsideWebhook steps.0.mode"],
  ],
  ["prepend without text", [{ type: "callerName", mode: "prepend" }], ["1 textRequired steps.0.text"]],
  [
    "replace with white space",
    [{ type: "callerName", mode: "replace", text: "  " }],
    ["1 textRequired steps.0.text"],
  ],
  [
    "webhook's name with a text",
    [hook([{ type: "callerName", mode: "webhook", text: "x" }])],
    ["1.1.1 textUnused steps.0.success.0.text"],
  ],
  [
    "a name of two lines",
    [{ type: "callerName", mode: "replace", text: "a\r\nVia: b" }],
    ["1 invalidDocument steps.0.text"],
  ],
  [
    "a name of 65 characters",
    [{ type: "callerName", mode: "replace", text: "é".repeat(65) }],
    ["1 invalidDocument steps.0.text"],
  ],
  [
    "an unknown mode",
    [{ type: "callerName", mode: "append", text: "x" }],
    ["1 invalidDocument steps.0.mode"],
  ],
  ["an unknown way to hang up", [{ type: "hangUp", as: "angry" }], ["1 invalidDocument steps.0.as"]],
  ["steps after a webhook", [hook([phone]), phone], ["1 stepNotLast steps.0"]],
  [
    "steps after a webhook in a branch",
    [hook([], [phone, hook([]), phone])],
    ["1.2.2 stepNotLast steps.0.failed.1"],
  ],
  ["steps after a hang-up", [{ type: "hangUp", as: "busy" }, phone, phone], ["2 unreachableStep steps.1"]],
  [
    "problems deep inside and outside, all told",
    [
      { ...phone, phone: "1" },
      hook([hook([{ ...phone, phone: "2" }], [{ type: "group", group: "3" }])], [{ ...phone, phone: "4" }]),
    ],
    [
      "1 unknownPhone steps.0.phone",
      "2.1.1.1.1 unknownPhone steps.1.success.0.success.0.phone",
      "2.1.1.2.1 unknownGroup steps.1.success.0.failed.0.group",
      "2.2.1 unknownPhone steps.1.failed.0.phone",
    ],
  ],
];
for (const [name, steps, expected] of CASES) {
  test(`located: ${name}`, () => {
    assert.deepEqual(found(steps), expected);
    for (const { message } of problems({ name: "main", steps })) assert.match(message, /^[A-Z0-9"].*[.?]$/s);
  });
}

test("anything at all may be given as a document", () => {
  for (const document of [
    undefined,
    null,
    3,
    "x",
    [],
    {},
    { name: "x" },
    { name: "", steps: [phone] },
    { name: "a", steps: [phone], extra: 1 },
  ]) {
    for (const { message } of problems(document)) assert.match(message, /\.$/);
  }
});

test("what was probably meant can be put in its place by a program", () => {
  const suggested = (steps: readonly unknown[]) => {
    const [first] = problems({ name: "x", steps });
    return [first?.path.join("."), first?.suggestion];
  };
  assert.deepEqual(suggested([{ ...phone, ringSecond: 3 }]), [
    "steps.0.ringSecond",
    { replace: "key", with: "ringSeconds" },
  ]);
  assert.deepEqual(suggested([{ type: "phnoe" }]), ["steps.0.type", { replace: "value", with: "phone" }]);
  assert.deepEqual(suggested([{ ...phone, phone: "217" }])[0], "steps.0.phone");
  assert.deepEqual(suggested([{ ...phone, ringSeconds: 0 }]), ["steps.0.ringSeconds", undefined]);
});

test("messages say what was probably meant", () => {
  assert.equal(
    problems({ name: "x", steps: [{ type: "phnoe" }] })[0]?.message,
    'There is no step type "phnoe". Did you mean "phone"?',
  );
  assert.equal(
    problems({ name: "x", steps: [{ ...phone, phone: "217" }] })[0]?.message,
    'There is no phone "217". Did you mean "215"?',
  );
  assert.equal(
    problems({ name: "x", steps: [{ type: "audio", message: "welcom" }] })[0]?.message,
    'There is no audio message "welcom". Did you mean "welcome"?',
  );
  assert.match(
    problems({ name: "x", steps: [{ ...phone, ringSecond: 1 }] })[0]?.message ?? "",
    /Did you mean "ringSeconds"\?$/,
  );
});

test("a path in the document finds its step's number", () => {
  const below = { type: "webhook", failed: [{}, {}, {}] };
  const document = { steps: [{}, { type: "webhook", success: [below] }, {}] };
  assert.equal(stepAtPath(document, []), "");
  assert.equal(stepAtPath(document, ["steps"]), "");
  assert.equal(stepAtPath(document, ["steps", 2, "phone"]), "3");
  assert.equal(stepAtPath(document, ["steps", 1, "success", 0, "failed", 2, "number"]), "2.1.1.2.3");
  assert.equal(stepAtPath(document, ["steps", 1, "success"]), "2");
  assert.equal(stepAtPath("no plan", ["steps", 1, "success", 0]), "2", "as far as the document goes");
});

test("the schema can be written as a JSON Schema, for forms and the API", () => {
  const schema = z.toJSONSchema(planDocument, { io: "input" });
  assert.equal(schema.type, "object");
  assert.match(JSON.stringify(schema), /#\/\$defs\/PlanStep/);
});

for (const [mode, sentence] of [
  ["prepend", "Type the text that comes before the name."],
  ["replace", "Type the text that is shown instead of the name."],
] as const)
  test(`a caller name without its text is told what to type: ${mode}`, () => {
    const steps = [{ type: "callerName", mode, text: "" }];
    assert.deepEqual(
      problems({ name: "main", steps }).map(({ message }) => message),
      [sentence],
    );
  });
