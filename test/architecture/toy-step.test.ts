// A new kind of step is one folder and one line: shown on a copy of the dial plan, to which a toy kind is added.

import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type * as Compile from "../../src/dialplan/compile.ts";
import type * as Form from "../../src/dialplan/form.ts";
import type { WalkDirectory } from "../../src/dialplan/frames.ts";
import type { Plan } from "../../src/dialplan/plan.ts";
import type * as Reference from "../../src/dialplan/reference.ts";
import type * as References from "../../src/dialplan/references.ts";
import type * as Sentences from "../../src/dialplan/sentences.ts";
import type * as WalkRoom from "../../src/dialplan/walk.ts";
import { NO_NAME } from "../../src/lib/display-name.ts";
import { e164 } from "../support/e164.ts";
import { PlantedTree } from "./planted-tree.ts";

const root = path.resolve(import.meta.dirname, "../..");
const tree = new PlantedTree();
after(() => tree.remove());

/** Branches by coin: heads or tails, as many as the document has. */
const TOY = `
import { z } from "zod";
import { speaker } from "../../words.ts";
import type { StepBase, StepKind, StepLike } from "../step.ts";
import { field } from "../../field.ts";
import { branch, reference, stepObject } from "../step-schema.ts";

export interface CoinStep extends StepBase { readonly type: "coin"; readonly heads: number; readonly tails: number; readonly to: string }
interface CoinDocument extends StepLike { readonly type: "coin"; readonly to: string; readonly sides: { readonly heads: readonly StepLike[]; readonly tails: readonly StepLike[] } }
const words = { "coin.fell": ({ side, at }: { readonly side: string; readonly at: number }) => \`Fell on \${side} at \${at}.\` };
const say = speaker(words);
export const coinKind: StepKind<CoinDocument, CoinStep> = {
  type: "coin",
  title: "Coin",
  help: "Tosses a coin.",
  schema: (steps) => stepObject({
    type: z.literal("coin"),
    to: field(reference("The phone"), { label: "Thrower", help: "Whose coin it is.", names: "phone" }),
    sides: z.strictObject({ heads: branch(steps), tails: branch(steps) }),
  }),
  follow: "mustBeLast",
  words,
  weights: { "coin.fell": "service" },
  branches: () => [
    { path: ["sides", "heads"], label: "Heads", gives: [] },
    { path: ["sides", "tails"], label: "Tails", gives: ["webhookReply"] },
  ],
  references: (document) => [{ thing: "phone", name: document.to, key: "to" }],
  compile: (document, place) => ({
    ...place.base, type: "coin", to: document.to,
    heads: place.branch("sides", "heads"), tails: place.branch("sides", "tails"),
  }),
  label: () => "Coin",
  enter(step, { walk, now }) {
    const side = now % 2 === 0 ? "heads" : "tails";
    return { kind: "go", walk, to: step[side], trace: [say(step, "Coin", "coin.fell", { side, at: now })] };
  },
};
`;
/** Goes on in another plan, and comes back when that has ended. */
const JUMP = `
import { z } from "zod";
import { none, type StepBase, type StepKind } from "../step.ts";
import { field } from "../../field.ts";
import { reference, stepObject } from "../step-schema.ts";

export interface HopStep extends StepBase { readonly type: "hop"; readonly plan: string }
interface HopDocument { readonly type: "hop"; readonly plan: string }
export const hopKind: StepKind<HopDocument, HopStep> = {
  type: "hop",
  title: "Hop",
  help: "Goes on in another plan.",
  schema: () => stepObject({
    type: z.literal("hop"),
    plan: field(reference("The plan"), { label: "Plan", help: "Where it goes on." }),
  }),
  follow: "yes",
  words: {},
  branches: none,
  references: (document) => [{ thing: "plan", name: document.plan, key: "plan" }],
  compile: (document, place) => ({ ...place.base, type: "hop", plan: document.plan }),
  label: (step) => \`Hop to \${step.plan}\`,
  enter: (step, { walk }) => ({ kind: "enter", walk, plan: step.plan, then: step.next, trace: [] }),
};
`;
const LINES = 'export { coinKind } from "./coin/coin.ts";\nexport { hopKind } from "./hop/hop.ts";\n';

const facts = {
  callId: "1",
  did: e164("+31501234567"),
  caller: { kind: "anonymous" },
  callerName: NO_NAME,
} as const;
const directory: WalkDirectory = {
  home: { country: "NL" },
  security: { dialCountries: ["NL"] },
  phones: new Map([["215", { name: "Reception" }]]),
  groups: new Map(),
  webhooks: new Map(),
  plans: new Map(),
  audioMessages: new Map(),
};
const hangUp = (as: string): unknown => ({ type: "hangUp", as });
const toss = (to: string, heads: readonly unknown[], tails: readonly unknown[]): unknown => ({
  name: "toss",
  steps: [{ type: "coin", to, sides: { heads, tails } }],
});

let compiling: typeof Compile;
let walking: typeof WalkRoom;
let reference: typeof Reference;
let references: typeof References;
let forms: typeof Form;
let sentences: typeof Sentences;

before(async () => {
  for (const room of ["lib", "dialplan"]) {
    cpSync(path.join(root, "src", room), tree.at(`src/${room}`), { recursive: true });
  }
  tree.plant("src/dialplan/steps/coin/coin.ts", TOY);
  tree.plant("src/dialplan/steps/hop/hop.ts", JUMP);
  const list = tree.at("src/dialplan/steps/kinds.ts");
  writeFileSync(list, `${readFileSync(list, "utf8")}${LINES}`);
  const load = <Room>(file: string): Promise<Room> =>
    import(pathToFileURL(tree.at(`src/dialplan/${file}`)).href) as Promise<Room>;
  compiling = await load("compile.ts");
  walking = await load("walk.ts");
  reference = await load("reference.ts");
  references = await load("references.ts");
  forms = await load("form.ts");
  sentences = await load("sentences.ts");
});

function compiled(document: unknown): Plan {
  const plan = compiling.compile(document, directory);
  assert.ok(plan.ok, plan.ok ? "" : JSON.stringify(plan.error));
  return plan.value;
}

test("a toy kind is in the schema, and its branches are numbered", () => {
  const plan = compiled(toss("215", [hangUp("busy")], [{ type: "variableDestination" }, hangUp("normal")]));
  assert.deepEqual(
    plan.steps.map(({ number, type }) => `${number} ${type}`),
    ["1 coin", "1.1.1 hangUp", "1.2.1 variableDestination", "1.2.2 hangUp"],
  );
});

test("a toy kind's mistakes are found in their places", () => {
  const wrong = compiling.compile(toss("216", [hangUp("wrong")], [hangUp("busy")]), directory);
  assert.ok(!wrong.ok);
  assert.equal(wrong.error[0]?.step, "1.1.1");
  const dangling = compiling.compile(toss("216", [], [{ type: "phone", phone: "217" }]), directory);
  assert.ok(!dangling.ok);
  assert.deepEqual(
    dangling.error.map(({ step, code, path: at }) => `${step} ${code} ${at.join(".")}`),
    ["1 unknownPhone steps.0.to", "1.2.1 unknownPhone steps.0.sides.tails.0.phone"],
  );
  const below = compiling.compile(toss("215", [{ type: "variableDestination" }], []), directory);
  assert.equal(below.ok ? "" : below.error[0]?.code, "outsideWebhook", "heads gives no reply");
  const followed = compiling.compile(
    { name: "x", steps: [{ type: "coin", to: "215", sides: {} }, hangUp("busy")] },
    directory,
  );
  assert.equal(followed.ok ? "" : followed.error[0]?.code, "stepNotLast");
  let deep: unknown = hangUp("busy");
  for (let level = 0; level < 40; level += 1) deep = { type: "coin", to: "215", sides: { heads: [deep] } };
  const tooDeep = compiling.compile({ name: "x", steps: [deep] }, directory);
  assert.equal(tooDeep.ok ? "" : tooDeep.error[0]?.code, "tooDeep");
});

test("a toy kind says what its decision means for a call, and other decisions mean what they did", () => {
  assert.equal(sentences.weightOf("coin.fell"), "service");
  assert.equal(sentences.weightOf("webhook.gone"), "mishap");
  assert.equal(sentences.weightOf("ring.rings"), undefined);
});

test("a toy kind is walked, and told by its own sentence", () => {
  const plan = compiled(toss("215", [hangUp("busy")], [hangUp("rejected")]));
  for (const [now, status] of [
    [2, 486],
    [3, 603],
  ] as const) {
    const turn = walking.begin(plan, facts, { directory, now });
    assert.equal(turn.command.type === "hangUp" ? turn.command.status : 0, status);
    assert.equal(turn.trace[0]?.code, "coin.fell");
    assert.equal(turn.trace[0]?.text, `Fell on ${now === 2 ? "heads" : "tails"} at ${now}.`);
  }
});

/** Plans that refer to one another, by name. */
function shelf(steps: Readonly<Record<string, readonly unknown[]>>): WalkDirectory {
  const known = { ...directory, plans: new Map<string, unknown>(Object.entries(steps)) };
  const plans = new Map<string, Plan>();
  for (const [name, list] of Object.entries(steps)) {
    const plan = compiling.compile({ name, steps: list }, known, plans.size + 1);
    assert.ok(plan.ok, plan.ok ? "" : JSON.stringify(plan.error));
    plans.set(name, plan.value);
  }
  return { ...directory, plans };
}

/** Walks the plan "main", nobody answering; gives the places that rang, how it ended, and all that was told. */
function nobodyAnswers(plans: WalkDirectory): readonly string[] {
  const main = plans.plans.get("main");
  assert.ok(main);
  const told: string[] = [];
  let turn = walking.begin(main, facts, { directory: plans, now: 0 });
  for (;;) {
    told.push(...turn.trace.map(({ code, plan = "main", step }) => `${plan} ${step} ${code}`));
    const { command, walk } = turn;
    if (command.type !== "ring") break;
    const frames = walk.frames.map(({ plan, version }) => `${plan} v${version}`).join(" > ");
    told.push(`${frames}: ${command.step}`);
    const outcome = { type: "rang", result: "busy", status: 486, detail: "" } as const;
    const kept = JSON.parse(JSON.stringify(walk)) as typeof walk;
    turn = walking.resume(main, kept, outcome, { directory: plans, now: 0 });
  }
  return [...told, turn.command.type === "hangUp" ? String(turn.command.status) : turn.command.type];
}

const ringing = { type: "phone", phone: "215" };
const hop = (plan: string): unknown => ({ type: "hop", plan });

test("a toy jump goes on in another plan, and comes back when nobody answered there", () => {
  assert.deepEqual(
    nobodyAnswers(shelf({ main: [hop("night"), ringing], night: [hop("last")], last: [ringing] })),
    [
      "main 1 plan.entered",
      "night 1 plan.entered",
      "last 1 ring.rings",
      "main v1 > night v2 > last v3: 1",
      "last 1 ring.busy",
      "main  plan.left",
      "main 2 ring.rings",
      "main v1: 2",
      "main 2 ring.busy",
      "main  plan.lastWasBusy",
      "486",
    ],
  );
});

test("plans that lead to one another: told in a sentence, and the call goes on", () => {
  assert.deepEqual(nobodyAnswers(shelf({ main: [hop("night")], night: [hop("main"), ringing] })), [
    "main 1 plan.entered",
    "night 1 plan.loop",
    "night 2 ring.rings",
    "main v1 > night v2: 2",
    "night 2 ring.busy",
    "main  plan.lastWasBusy",
    "486",
  ]);
});

test("plans that lead ever on: a call is in 16 of them at the most, and takes 1,000 steps in all", () => {
  const names = ["main", ...Array.from({ length: 20 }, (_, at) => `p${at}`)];
  const chain = names.map((name, at) => [name, [hop(names[at + 1] ?? "main")]] as const);
  const told = nobodyAnswers(shelf(Object.fromEntries(chain)));
  assert.deepEqual(told.slice(-3), ["p14 1 plan.tooDeep", "main  plan.nobodyRung", "480"]);
  assert.equal(told.filter((one) => one.endsWith("plan.entered")).length, 15);
  // Wide instead of deep: each plan leads twice to the next, which would be 2^12 steps.
  const wide = names
    .slice(0, 12)
    .map(
      (name, at) =>
        [name, at < 11 ? [hop(names[at + 1] ?? ""), hop(names[at + 1] ?? "")] : [hop("main")]] as const,
    );
  assert.deepEqual(nobodyAnswers(shelf(Object.fromEntries(wide))).slice(-2), [
    "main  plan.tooManySteps",
    "480",
  ]);
});

test("a plan that a toy jump names is checked, and gone when it is gone", () => {
  const wrong = compiling.compile(
    { name: "main", steps: [hop("nihgt")] },
    { ...directory, plans: new Map([["night", {}]]) },
  );
  assert.ok(!wrong.ok);
  assert.deepEqual(
    [wrong.error[0]?.code, wrong.error[0]?.message],
    ["unknownPlan", 'There is no dial plan "nihgt". Did you mean "night"?'],
  );
  const plans = shelf({ main: [hop("night"), ringing], night: [ringing] });
  const without = { ...plans, plans: new Map([...plans.plans].filter(([name]) => name === "main")) };
  assert.deepEqual(nobodyAnswers(without).slice(0, 2), ["main 1 plan.gone", "main 2 ring.rings"]);
});

test("a toy kind is in the reference pages, and what it names counts as used", () => {
  assert.match(reference.stepsReference(), /## Coin: `coin`\n\nTosses a coin\. .*\n\n[^]*`to` \| Thrower/);
  assert.match(reference.stepsReference(), /\* `sides\.tails`: Tails\n/);
  assert.match(reference.sentencesReference(), /\| `coin\.fell` \| Fell on \{side\} at \{at\}\. \|/);
  const steps = (toss("215", [], [{ type: "phone", phone: "215" }]) as { steps: never }).steps;
  assert.deepEqual(
    references.referencesOf(steps).map(({ thing, name, path: at }) => `${thing} ${name} ${at.join(".")}`),
    ["phone 215 steps.0.to", "phone 215 steps.0.sides.tails.0.phone"],
  );
});

test("a toy kind has a form, with its branches and the kind of thing that it names", () => {
  assert.deepEqual(
    forms.stepForms().find(({ type }) => type === "coin"),
    {
      type: "coin",
      title: "Coin",
      help: "Tosses a coin.",
      follow: "mustBeLast",
      branches: [
        { path: ["sides", "heads"], label: "Heads" },
        { path: ["sides", "tails"], label: "Tails" },
      ],
      fields: [
        {
          key: "to",
          label: "Thrower",
          help: "Whose coin it is.",
          required: true,
          control: "reference",
          kind: "phone",
        },
      ],
    },
  );
});

/** Keys of branches: whoever else writes one knows what only its kind should know. */
const KEY = /["'.](?:success|failed)\b(?!")(?=["'\]:])|\[\s*"success"/;
/** A trial of a webhook says which of its branches the reply would take. */
const MAY_NAME_BRANCHES = /^src\/(?:dialplan\/steps\/webhook\/|demo\/|api\/contract\/webhook-trials)/;

test("no branch key stands outside the folder of its kind", () => {
  const own = ["src/dialplan", "src/model", "src/company", "src/control", "src/api", "src/call", "src/cli"];
  const files = own.flatMap((room) =>
    readdirSync(path.join(root, room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .map((file) => `${room}/${file}`),
  );
  assert.ok(files.length > 100);
  const naming = (texts: readonly (readonly [string, string])[]): readonly string[] =>
    texts
      .filter(([file, text]) => !MAY_NAME_BRANCHES.test(file) && KEY.test(code(text)))
      .map(([file]) => file);
  assert.deepEqual(naming(files.map((file) => [file, readFileSync(path.join(root, file), "utf8")])), []);
  const planted = ['branches["success"];', 'for (const key of ["success", "failed"]) go(key);'];
  for (const text of planted) assert.deepEqual(naming([["src/model/x.ts", text]]), ["src/model/x.ts"]);
});

/** Without its comments. */
function code(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
}
