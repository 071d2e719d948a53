import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { kindNamed } from "../../../../../src/dialplan/steps/registry.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { perform } from "./edits.ts";
import { gapsOf, nodeAt, type Outline, outline, type RawPlan, stepsOf } from "./outline.ts";
import { moved, needs, nextGap, openGaps, refusal } from "./refusal.ts";
import { edited, historyOf, redone, undone } from "./undo.ts";

/** A plan of the right shape, each step with a mark of its own so that it is known again. */
function planOf(draw: (most: number) => number): RawPlan {
  let mark = 0;
  const level = (depth: number, isUnderWebhook: boolean): RawStep[] => {
    const steps: RawStep[] = [];
    for (let count = draw(4); count > 0; count--) {
      const kinds = isUnderWebhook ? 5 : 3;
      const step = [
        { type: "phone", phone: "215" },
        { type: "audio", message: "Welcome" },
        { type: "callerName", mode: "prepend", text: "VIP " },
        { type: "variableDestination" },
        { type: "callerName", mode: "webhook" },
      ][draw(kinds - 1)];
      steps.push({ ...step, mark: mark++ });
    }
    const last = draw(depth > 5 ? 1 : 3);
    if (last === 1) steps.push({ type: "hangUp", as: "busy", mark: mark++ });
    if (last > 1) {
      const own = mark++;
      const success = level(depth + 1, true);
      const failed = level(depth + 1, true);
      steps.push({ type: "webhook", webhook: "CRM", mark: own, success, failed });
    }
    return steps;
  };
  return { name: "random", steps: level(1, false) };
}

const marks = (plan: Outline): readonly unknown[] => [...plan.byNumber.values()].map(({ step }) => step.mark);
const sorted = (values: readonly unknown[]): readonly number[] => values.map(Number).sort((a, b) => a - b);

/** Nothing stands where it cannot: what must be last is, and what needs a webhook is under one. */
function assertInOrder(plan: Outline): void {
  for (const node of stepsOf(plan.top)) {
    const isLast = node.index === node.level.steps.length - 1;
    assert.ok(isLast || kindNamed(node.step.type)?.follow === "yes", `step ${node.number} is followed`);
    for (const gift of needs(node.step))
      assert.ok(node.level.given.has(gift), `step ${node.number} is outside`);
  }
}

test("thousands of random moves: no step is lost, doubled or misplaced, and each is taken back (ui.md §4)", () => {
  let moves = 0;
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
      const draw = (most: number): number => (numbers.next().value as number) % (most + 1);
      let plan = outline(planOf(draw));
      const all = sorted(marks(plan));
      for (let round = 0; round < 20 && plan.byNumber.size > 1; round++) {
        const nodes = [...plan.byNumber.values()];
        const node = nodes[draw(nodes.length - 1)];
        assert.ok(node !== undefined);
        const gaps = openGaps(plan, moved(node));
        const target = gaps[draw(Math.max(0, gaps.length - 1))];
        if (target === undefined) continue;
        const below = sorted([...stepsOf({ ...node.level, steps: [node] })].map(({ step }) => step.mark));
        const {
          plan: next,
          inverse,
          at,
        } = perform(plan.plan, { type: "move", from: node.path, to: target.gap });
        const after = outline(next);
        assert.deepEqual(sorted(marks(after)), all);
        assertInOrder(after);
        const there = nodeAt(after, at ?? []);
        assert.equal(there?.step, node.step, "the step stands where the move says");
        assert.ok(there !== undefined);
        assert.deepEqual(
          sorted([...stepsOf({ ...there.level, steps: [there] })].map(({ step }) => step.mark)),
          below,
          "what was below it came along",
        );
        assert.deepEqual(perform(next, inverse).plan, plan.plan, "taken back, it is as it was");
        plan = after;
        moves += 1;
      }
    }),
    { numRuns: 400, seed: 14 },
  );
  assert.ok(moves > 3000, `${moves} moves`);
});

test("arrows walk through exactly the gaps that a drag offers, in their order", () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
      const draw = (most: number): number => (numbers.next().value as number) % (most + 1);
      const plan = outline(planOf(draw));
      for (const node of plan.byNumber.values()) {
        const open = openGaps(plan, moved(node)).map(({ gap }) => gap.join("/"));
        const order = [...gapsOf(plan.top)].map(({ gap }) => gap.join("/"));
        const own = order.indexOf(node.path.join("/"));
        const down = nextGap(plan, node, "down")?.gap.join("/");
        const up = nextGap(plan, node, "up")?.gap.join("/");
        assert.equal(
          down,
          open.find((gap) => order.indexOf(gap) > own),
        );
        assert.equal(
          up,
          open.findLast((gap) => order.indexOf(gap) < own),
        );
        for (const { gap } of gapsOf(plan.top)) {
          assert.equal(refusal(plan, moved(node), gap) === undefined, open.includes(gap.join("/")));
        }
      }
    }),
    { numRuns: 60, seed: 15 },
  );
});

test("random edits are taken back and done again, through JSON as after a reload", () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
      const draw = (most: number): number => (numbers.next().value as number) % (most + 1);
      const plan = planOf(draw);
      let history = historyOf(plan);
      for (let round = 0; round < 12; round++) {
        const laid = outline(history.plan);
        const nodes = [...laid.byNumber.values()];
        const node = nodes[draw(Math.max(0, nodes.length - 1))];
        const gap = node === undefined ? ["steps", 0] : node.path;
        const target = node && openGaps(laid, moved(node))[0];
        const edit = [
          { type: "insert", at: gap, steps: [{ type: "phone", phone: "216" }] } as const,
          node && ({ type: "remove", at: node.path, count: 1 } as const),
          node && ({ type: "change", at: node.path, values: [["mark"], ["text", `t${round}`]] } as const),
          node && target && ({ type: "move", from: node.path, to: target.gap } as const),
        ][draw(3)];
        if (edit !== undefined) history = edited(history, edit).history;
      }
      const { plan: last } = history;
      history = JSON.parse(JSON.stringify(history)) as typeof history;
      for (let step = undone(history); step !== undefined; step = undone(history)) history = step.history;
      assert.deepEqual(history.plan, plan);
      history = JSON.parse(JSON.stringify(history)) as typeof history;
      for (let step = redone(history); step !== undefined; step = redone(history)) history = step.history;
      assert.deepEqual(history.plan, last);
    }),
    { numRuns: 200, seed: 16 },
  );
});
