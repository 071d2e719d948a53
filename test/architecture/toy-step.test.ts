// A new kind of step is one folder and one line: shown on a copy of the dial plan, to which a toy kind is added.

import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type * as Compile from "../../src/dialplan/compile.ts";
import type { Directory } from "../../src/dialplan/directory.ts";
import type { Plan } from "../../src/dialplan/plan.ts";
import type * as Reference from "../../src/dialplan/reference.ts";
import type * as References from "../../src/dialplan/references.ts";
import type * as WalkRoom from "../../src/dialplan/walk.ts";
import { PlantedTree } from "./planted-tree.ts";

const root = path.resolve(import.meta.dirname, "../..");
const tree = new PlantedTree();
after(() => tree.remove());

/** Branches by coin: heads or tails, as many as the document has. */
const TOY = `
import { z } from "zod";
import { speaker } from "../../words.ts";
import type { StepBase, StepKind, StepLike } from "../step.ts";
import { branch, field, reference, stepObject } from "../step-schema.ts";

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
    to: field(reference("The phone"), { label: "Thrower", help: "Whose coin it is." }),
    sides: z.strictObject({ heads: branch(steps), tails: branch(steps) }),
  }),
  follow: "mustBeLast",
  words,
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
const LINE = 'export { coinKind } from "./coin/coin.ts";\n';

const directory: Directory = {
  home: { country: "NL" },
  security: { dialCountries: ["NL"] },
  phones: new Map([["215", { name: "Reception" }]]),
  groups: new Map(),
  webhooks: new Map(),
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

before(async () => {
  for (const room of ["lib", "dialplan"]) {
    cpSync(path.join(root, "src", room), tree.at(`src/${room}`), { recursive: true });
  }
  tree.plant("src/dialplan/steps/coin/coin.ts", TOY);
  const list = tree.at("src/dialplan/steps/kinds.ts");
  writeFileSync(list, `${readFileSync(list, "utf8")}${LINE}`);
  const load = <Room>(file: string): Promise<Room> =>
    import(pathToFileURL(tree.at(`src/dialplan/${file}`)).href) as Promise<Room>;
  compiling = await load("compile.ts");
  walking = await load("walk.ts");
  reference = await load("reference.ts");
  references = await load("references.ts");
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

test("a toy kind is walked, and told by its own sentence", () => {
  const plan = compiled(toss("215", [hangUp("busy")], [hangUp("rejected")]));
  const facts = { callId: "1", did: "+31501234567", caller: { kind: "anonymous" }, callerName: "" } as const;
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

/** Keys of branches: whoever else writes one knows what only its kind should know. */
const KEY = /["'.](?:success|failed)\b(?!")(?=["'\]:])|\[\s*"success"/;
const MAY_NAME_BRANCHES = /^src\/(?:dialplan\/steps\/webhook\/|demo\/)/;

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
