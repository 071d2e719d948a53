// What a person reads has a code beside it, so that it can be told in another language (docs/adr/0065), and the branches of a kind
// of step are known in its own folder alone. Both are looked for in the syntax of the code, which is shown a file that breaks it.

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import ts from "typescript";

const root = path.resolve(import.meta.dirname, "../..");

/** Where the sentences are made that stories, answers to webhooks and the simulator show. */
const TELLING = ["dialplan", "model", "simulate", "webhook", "http", "board", "call"];
/** Where reasons are handed on as such, by calling somebody back. */
const CALLING_BACK = [
  "sip/transport",
  "sip/transaction",
  "sip/ua",
  "media/builtin",
  "media/rtpengine",
  "media/sdp",
];
/** What such a call is. Faults of a message's syntax (`fault`, `refuse`) are SIP's own English, answered over the wire. */
const TOLD =
  /^(?:err|failLater|finish|lose|#?(?:fail|failed|nextWay|onNothing|onSilence)|on[A-Z]\w*|(?:shutD|d)own|end|close)$/;
/** What is told to nobody but whoever reads a log or a stack. */
const UNTOLD = /^src\/sip\/ua\/auth\/digest\.ts$|^src\/media\/rtpengine\/(?:rtpengine|digit-port)\.ts$/;
/** What a sentence is called in a value. */
const SENTENCE = new Set(["text", "reason", "sentence", "message", "detail"]);
/** What names it for programs. */
const CODE = new Set(["code", "cause", "failure", "verdict"]);

/** Where steps of any kind are handled; what a step's kind says of itself is left out. */
const ANY_STEP = ["dialplan", "company", "model/entities"];
/** The branches that kinds of steps have, as their reference page lists them. */
const BRANCHES = new Set(
  [...read("docs/reference/steps.md").matchAll(/^\* `([a-zA-Z.]+)`: /gm)].map(([, name = ""]) => name),
);

function read(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

type Look = (node: ts.Node) => string | undefined;

/** Places in a file at which something is seen: `src/x.ts:12 what stands there`. */
function look(file: string, code: string, at: Look): readonly string[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const what = at(node);
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    if (what !== undefined) found.push(`${file}:${line + 1} ${what.slice(0, 80)}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function seenIn(rooms: readonly string[], at: Look, but = /^$/): readonly string[] {
  const files = globSync(
    rooms.map((room) => `src/${room}/**/*.ts`),
    { cwd: root },
  ).filter((file) => !/\.(?:test|suite)\.ts$/.test(file) && !but.test(file));
  assert.ok(files.length > 20);
  return files.flatMap((file) => look(file, read(file), at));
}

/** Words with a blank between them. A text that begins with another one is a joining of sentences, each with its own code. */
function isSentence(node: ts.Expression): boolean {
  if (ts.isStringLiteralLike(node)) return /\p{L}\S* .*\p{L}/u.test(node.text);
  return ts.isTemplateExpression(node) && /\p{L} /u.test(node.head.text);
}

/** A value that has a sentence, and nothing that names it. */
const withoutCode: Look = (node) => {
  if (!ts.isObjectLiteralExpression(node) || node.properties.some(ts.isSpreadAssignment)) return undefined;
  const named = node.properties.flatMap((one) =>
    one.name !== undefined && ts.isIdentifier(one.name) ? [{ name: one.name.text, one }] : [],
  );
  if (named.some(({ name }) => CODE.has(name))) return undefined;
  return named
    .find(
      ({ name, one }) => SENTENCE.has(name) && ts.isPropertyAssignment(one) && isSentence(one.initializer),
    )
    ?.one.getText();
};

/** A sentence that is handed on without its code: `user.onLost("the peer is gone")`. */
const handedOn: Look = (node) => {
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  if (!TOLD.test(name)) return undefined;
  return node.arguments.find(isSentence)?.getText();
};

/** A branch by its key, in code and not in types; what zod says of a shape has such a name too. */
const branchKey: Look = (node) => {
  const { parent } = node;
  if (ts.isStringLiteralLike(node) && BRANCHES.has(node.text) && !ts.isLiteralTypeNode(parent))
    return parent.getText();
  if (ts.isPropertyAccessExpression(node) && BRANCHES.has(node.name.text))
    return /^(?:parsed|shape|read)$/.test(node.expression.getText()) ? undefined : node.getText();
  if (ts.isPropertyAssignment(node) && BRANCHES.has(node.name.getText())) return node.getText();
  return undefined;
};

test("what is told has a code", () => assert.deepEqual(seenIn(TELLING, withoutCode), []));

test("a reason that is handed on has a code", () =>
  assert.deepEqual(seenIn(CALLING_BACK, handedOn, UNTOLD), []));

test("a branch of a kind of step is named in the folder of that kind alone", () => {
  assert.ok(BRANCHES.size >= 2);
  assert.deepEqual(seenIn(ANY_STEP, branchKey, /^src\/dialplan\/steps\//), []);
});

for (const [what, code] of [
  [
    "an entry of a trace",
    'export const told = { step: "1", type: "decision", text: "Rings 215 for 20 s." };',
  ],
  ["a reason", "export const why = (name: string) => ({ ok: false, reason: `There is no ${name}.` });"],
  ["a sentence in a call", 'finish({ type: "mediaFailed", reason: "nothing can be played" });'],
] as const) {
  test(`a sentence without a code is seen: ${what}`, () =>
    assert.equal(look("planted.ts", code, withoutCode).length, 1));
}

for (const code of [
  'user.onLost("the other side is gone");',
  'return err(`The message "${name}" cannot be played.`);',
  "this.#fail(`no answer from ${host}`, undefined);",
]) {
  test(`a sentence that is handed on without a code is seen: ${code}`, () =>
    assert.equal(look("planted.ts", code, handedOn).length, 1));
}

for (const code of [
  'user.onLost(sipSaid("session.unknown", {}));',
  'fault("malformed", "nc is not up to 8 digits");',
  "onNothing(408);",
]) {
  test(`nothing is handed on without a code here: ${code}`, () =>
    assert.deepEqual(look("planted.ts", code, handedOn), []));
}

for (const code of [
  'export const told = { code: "ring.rings", text: "Rings 215 for 20 s." };',
  'export const why = { failure: "refused", reason: "Nothing answered." };',
  'export const word = { type: "decision", text: "Ringing" };',
]) {
  test(`this is none: ${code}`, () => assert.deepEqual(look("planted.ts", code, withoutCode), []));
}

for (const code of [
  "export const next = step.success[0];",
  'export const at = ["steps", 0, "failed", 1];',
  'export const steps = compiled.branch("success");',
  "export const plan = { type, webhook, success: [], others: [] };",
]) {
  test(`a branch key outside a step's folder is seen: ${code}`, () =>
    assert.equal(look("planted.ts", code, branchKey).length, 1));
}

for (const code of ['export type Result = "success" | "failed";', "export const fine = parsed.success;"]) {
  test(`this names no branch: ${code}`, () => assert.deepEqual(look("planted.ts", code, branchKey), []));
}
