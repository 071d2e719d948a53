import assert from "node:assert/strict";
import { test } from "node:test";
import { type Attempt, afterStale, leftOf, settled } from "./attempt.ts";
import { withValue } from "./merge.ts";

interface Trunk {
  readonly name: string;
  readonly plan: string;
  readonly hosts: readonly string[];
}

const before: Trunk = { name: "Carrier", plan: "day", hosts: ["sip:a.example"] };
/** What a form sends first: what was typed over revision 1. */
const sent = (typed: Trunk): Attempt<Trunk> => ({ document: typed, base: before, revision: 1, typed });

test("a colleague's change of another field is saved with mine, stands in the form, and the next save keeps it", () => {
  const typed = { ...before, name: "Carrier 2" };
  const current = { document: { ...before, plan: "night" }, revision: 2 };
  const { attempt, clashes } = afterStale(sent(typed), current);
  assert.deepEqual(clashes, []);
  assert.deepEqual(attempt.document, { ...before, name: "Carrier 2", plan: "night" });
  assert.equal(attempt.revision, 2);
  assert.deepEqual(settled(attempt.typed, attempt.document, typed), attempt.document);
});

test("what is typed while it is being saved stays, over what was merged", () => {
  const typed = { ...before, name: "Carrier 2" };
  const { attempt } = afterStale(sent(typed), { document: { ...before, plan: "night" }, revision: 2 });
  const now = { ...typed, hosts: ["sip:b.example"] };
  assert.deepEqual(settled(attempt.typed, attempt.document, now), { ...attempt.document, hosts: now.hosts });
});

test("what was chosen to be theirs stands in the form; what was typed beside the choice stays", () => {
  const typed = { ...before, name: "Mine" };
  const current = { document: { ...before, name: "Theirs", plan: "night" }, revision: 2 };
  const { attempt, clashes } = afterStale(sent(typed), current);
  assert.deepEqual(
    clashes.map(({ path }) => path),
    ["name"],
  );
  const chosen = withValue(attempt.document, "name", "Theirs");
  const now = { ...typed, hosts: ["sip:b.example"] };
  assert.deepEqual(settled(attempt.typed, chosen, now), { name: "Theirs", plan: "night", hosts: now.hosts });
});

test("a third change meanwhile does not ask again what was decided", () => {
  const typed = { ...before, name: "Mine" };
  const second = { document: { ...before, name: "Theirs" }, revision: 2 };
  const { attempt } = afterStale(sent(typed), second);
  const third = { document: { ...second.document, plan: "night" }, revision: 3 };
  const again = afterStale(attempt, third);
  assert.deepEqual(again.clashes, []);
  assert.deepEqual(again.attempt.document, { ...before, name: "Mine", plan: "night" });
});

test("what nobody else touched is what was typed, however the server writes it", () => {
  const typed = { ...before, name: " Carrier " };
  assert.deepEqual(settled(typed, before, typed), before);
});

test("of what was saved when its form was gone, nothing is kept; what was typed after it was sent is", () => {
  const typed = { ...before, name: "Carrier 2" };
  const saved = { document: typed, revision: 2 };
  assert.equal(leftOf({ revision: 1, before, document: typed }, typed, saved), undefined);
  assert.equal(leftOf(undefined, typed, saved), undefined);
  const later = { ...typed, plan: "night" };
  assert.deepEqual(leftOf({ revision: 1, before, document: later }, typed, saved), {
    revision: 2,
    before: typed,
    document: later,
  });
});
