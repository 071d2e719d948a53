import assert from "node:assert/strict";
import { test } from "node:test";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import type { RawPlan } from "../tree/outline.ts";
import { historyOf } from "../tree/undo.ts";
import { Autosave, type Read, type SaveAnswer, type SaveDoor } from "./autosave.ts";
import { editorOf } from "./editor.ts";

const phone = (extension: string, more: object = {}): RawStep => ({
  type: "phone",
  phone: extension,
  ...more,
});
const plan = (...steps: readonly RawStep[]): RawPlan => ({ name: "Main line", steps });

/** A server with one draft, and a clock that runs when it is told to. */
function setUp(first: RawPlan) {
  const editor = editorOf(historyOf(first));
  const server = { plan: first, revision: 1, basedOn: 1, published: 1, isDown: false, sent: 0, asked: 0 };
  const read = (): Read => ({
    theirs: { plan: server.plan, revision: server.revision, basedOn: server.basedOn },
    changedBy: "admin",
    changedAt: 0,
  });
  /** Somebody else publishes a plan, and with it the draft is gone. */
  const publish = (published: RawPlan): void => {
    server.published += 1;
    Object.assign(server, { plan: published, revision: 0, basedOn: server.published });
  };
  const timers = new Set<() => void>();
  const told: string[] = [];
  let unsaved: unknown;
  const door: SaveDoor = {
    async send(document, { revision, basedOn }): Promise<SaveAnswer> {
      server.sent += 1;
      if (server.isDown) throw new Error("not reached");
      if (revision !== server.revision) return { kind: "stale", ...read() };
      server.plan = document;
      server.revision += 1;
      server.basedOn = Math.min(basedOn, server.published);
      return { kind: "saved", revision: server.revision, basedOn: server.basedOn };
    },
    async read() {
      server.asked += 1;
      if (server.isDown) throw new Error("not reached");
      return read();
    },
    after(_, run) {
      timers.add(run);
      return () => timers.delete(run);
    },
    keep: (value) => {
      unsaved = value;
    },
    merged: (by) => told.push(`merged ${by}`),
  };
  const autosave = new Autosave(editor, { plan: first, revision: 1, basedOn: 1 }, door);
  const runTimers = async (): Promise<void> => {
    for (let round = 0; round < 10 && timers.size > 0; round++) {
      const due = [...timers];
      timers.clear();
      for (const run of due) run();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { editor, server, autosave, told, publish, runTimers, unsaved: () => unsaved };
}

test("edits are sent once, with the revision that they were made from", async () => {
  const { editor, server, autosave, runTimers, unsaved } = setUp(plan(phone("215")));
  editor.change("1", [["ringSeconds", 1]], true);
  editor.change("1", [["ringSeconds", 10]], true);
  assert.equal(autosave.state.get().kind, "waiting");
  assert.ok(unsaved(), "kept until the server has it");
  await runTimers();
  assert.deepEqual(
    [server.sent, server.revision, server.plan],
    [1, 2, plan(phone("215", { ringSeconds: 10 }))],
  );
  assert.equal(autosave.state.get().kind, "saved");
  assert.equal(unsaved(), undefined);
  editor.undo();
  await runTimers();
  assert.deepEqual(server.plan, plan(phone("215")), "both letters are taken back at once");
});

test("a server that is not reached loses nothing: it is asked again, and gets it", async () => {
  const { editor, server, autosave, runTimers, unsaved } = setUp(plan(phone("215")));
  server.isDown = true;
  editor.remove("1");
  assert.equal(await autosave.flush(), false);
  assert.equal(autosave.state.get().kind, "failed");
  assert.ok(unsaved());
  server.isDown = false;
  await runTimers();
  assert.deepEqual([server.plan, autosave.state.get().kind, unsaved()], [plan(), "saved", undefined]);
});

test("what somebody else saved meanwhile is put together with what was done here, and can be taken back", async () => {
  const { editor, server, autosave, told, runTimers } = setUp(plan(phone("215"), phone("216")));
  server.plan = plan(phone("215"), phone("216"), phone("217"));
  server.revision = 2;
  editor.change("1", [["ringSeconds", 5]]);
  await runTimers();
  const both = plan(phone("215", { ringSeconds: 5 }), phone("216"), phone("217"));
  assert.deepEqual([server.plan, server.revision, told], [both, 3, ["merged admin"]]);
  assert.equal(autosave.state.get().kind, "saved");
  editor.undo();
  assert.deepEqual(editor.store.get().history.plan, plan(phone("215", { ringSeconds: 5 }), phone("216")));
});

test("where both changed the same, nothing is sent until somebody chose", async () => {
  const { editor, server, autosave, runTimers } = setUp(plan(phone("215")));
  server.plan = plan(phone("215", { ringSeconds: 40 }));
  server.revision = 2;
  editor.change("1", [["ringSeconds", 5]]);
  await runTimers();
  const state = autosave.state.get();
  assert.ok(state.kind === "clash");
  assert.deepEqual(
    state.clash.conflicts.map(({ id, before, mine, theirs }) => [id, before, mine, theirs]),
    [["steps/0/ringSeconds", undefined, 5, 40]],
  );
  assert.equal(server.sent, 1);
  autosave.choose("steps/0/ringSeconds", "theirs");
  autosave.settle("merged");
  await runTimers();
  assert.deepEqual(editor.store.get().history.plan, server.plan);
  assert.equal(autosave.state.get().kind, "saved");
  editor.change("1", [["ringSeconds", 6]]);
  await runTimers();
  assert.equal(server.revision, 3);
});

test("what somebody else published is taken over where nothing is unsaved, and is not theirs to take back", async () => {
  const { editor, server, autosave, told, publish, runTimers } = setUp(plan(phone("215")));
  publish(plan(phone("216")));
  await autosave.look();
  assert.deepEqual(editor.store.get().history, historyOf(plan(phone("216"))));
  assert.deepEqual([autosave.base().revision, autosave.base().basedOn, told], [0, 2, []]);
  editor.change("1", [["ringSeconds", 5]]);
  await runTimers();
  assert.deepEqual(server.plan, plan(phone("216", { ringSeconds: 5 })), "the change is made to it");
  assert.equal(server.basedOn, 2);
});

/** Both changed how long the first step rings, and somebody else the second one, too. */
async function clashing() {
  const scene = setUp(plan(phone("215"), phone("216")));
  const { editor, server, autosave, runTimers } = scene;
  server.plan = plan(phone("215", { ringSeconds: 40 }), phone("216", { ringSeconds: 50 }));
  server.revision = 2;
  editor.change("1", [["ringSeconds", 5]]);
  await runTimers();
  const shown = (): readonly unknown[] => {
    const state = autosave.state.get();
    assert.ok(state.kind === "clash");
    return state.clash.conflicts.map(({ id, mine, theirs }) => [id, mine, theirs]);
  };
  assert.deepEqual(shown(), [["steps/0/ringSeconds", 5, 40]]);
  return { ...scene, shown };
}

test("what is typed while somebody has to choose is in the choice, too", async () => {
  const { editor, server, autosave, runTimers, shown } = await clashing();
  autosave.choose("steps/0/ringSeconds", "theirs");
  editor.change("2", [["ringSeconds", 9]]);
  editor.change("1", [["ringSeconds", 6]]);
  assert.deepEqual(shown(), [
    ["steps/0/ringSeconds", 6, 40],
    ["steps/1/ringSeconds", 9, 50],
  ]);
  await runTimers();
  assert.equal(server.sent, 1, "nothing is sent until somebody chose");
  autosave.settle("merged");
  await runTimers();
  assert.deepEqual(
    server.plan,
    plan(phone("215", { ringSeconds: 40 }), phone("216", { ringSeconds: 9 })),
    "what was chosen before stays so",
  );
});

test("where what both changed is taken back, nothing is left to choose: theirs is taken, and the next edit is made to it", async () => {
  const { editor, server, autosave, told, runTimers } = await clashing();
  const theirs = server.plan;
  editor.undo();
  assert.equal(await autosave.flush(), true);
  assert.deepEqual(editor.store.get().history.plan, theirs);
  assert.deepEqual(
    [autosave.state.get().kind, autosave.base().revision, told],
    ["saved", 2, ["merged admin"]],
  );
  editor.change("1", [["ringSeconds", 7]]);
  await runTimers();
  assert.deepEqual([server.revision, autosave.state.get().kind], [3, "saved"]);
});

test("what leaves nothing to choose is done first, and put together after it", async () => {
  const base = plan(phone("215"), phone("216"));
  const { editor, server, autosave, runTimers } = setUp(base);
  server.plan = plan({ type: "audio", message: "Welcome" }, phone("215"), phone("216", { ringSeconds: 40 }));
  server.revision = 2;
  editor.change("2", [["ringSeconds", 5]]);
  await runTimers();
  assert.equal(autosave.state.get().kind, "clash");
  editor.undo();
  assert.deepEqual([editor.store.get().history.plan, editor.store.get().selected], [base, "2"]);
  await runTimers();
  assert.deepEqual([autosave.state.get().kind, editor.store.get().selected], ["saved", "3"]);
});

test("who has not heard of what was published sends with what it was made from: it is not passed for newer", async () => {
  const { editor, server, autosave, publish, runTimers } = setUp(plan(phone("215")));
  publish(plan(phone("215")));
  await autosave.look();
  publish(plan(phone("216")));
  editor.change("1", [["ringSeconds", 5]]);
  await runTimers();
  assert.deepEqual([server.revision, server.basedOn, server.published], [1, 2, 3]);
});

test("what is unsaved is put together with what was published; after it both can be taken back", async () => {
  const { editor, server, autosave, told, publish, runTimers } = setUp(plan(phone("215"), phone("216")));
  editor.change("1", [["ringSeconds", 5]]);
  publish(plan(phone("215"), phone("216"), phone("217")));
  await autosave.look();
  await runTimers();
  const both = plan(phone("215", { ringSeconds: 5 }), phone("216"), phone("217"));
  assert.deepEqual([server.plan, server.revision, server.basedOn], [both, 1, 2]);
  assert.deepEqual(told, ["merged admin"]);
  editor.undo();
  editor.undo();
  assert.deepEqual(editor.store.get().history.plan, plan(phone("215"), phone("216")));
});

test("letters that somebody else types are taken back at once, and what was told of already is not asked for", async () => {
  const { editor, server, autosave, runTimers } = setUp(plan(phone("215")));
  editor.change("1", [["ringSeconds", 5]]);
  await runTimers();
  await autosave.look(server.revision);
  assert.equal(server.asked, 0);
  for (const seconds of [6, 7]) {
    server.plan = plan(phone("215", { ringSeconds: seconds }));
    server.revision += 1;
    await autosave.look(server.revision);
  }
  assert.deepEqual(editor.store.get().history.plan, plan(phone("215", { ringSeconds: 7 })));
  editor.undo();
  assert.deepEqual(editor.store.get().history.plan, plan(phone("215", { ringSeconds: 5 })));
});

test("a server that is not reached when it is looked at changes nothing", async () => {
  const { editor, server, autosave, publish } = setUp(plan(phone("215")));
  publish(plan(phone("216")));
  server.isDown = true;
  await autosave.look();
  assert.deepEqual(editor.store.get().history.plan, plan(phone("215")));
  assert.equal(autosave.state.get().kind, "saved");
});

test("a draft takes in what was published since it was made, and is then made from that", async () => {
  const { editor, server, autosave, runTimers } = setUp(plan(phone("215"), phone("216")));
  editor.change("1", [["ringSeconds", 5]]);
  await runTimers();
  server.published = 2;
  const live = plan(phone("215"), phone("217"));
  autosave.takeInPublished(plan(phone("215"), phone("216")), { plan: live, basedOn: 2 }, "jan");
  await runTimers();
  assert.deepEqual(server.plan, plan(phone("215", { ringSeconds: 5 }), phone("217")));
  assert.deepEqual([server.revision, server.basedOn, autosave.state.get().kind], [3, 2, "saved"]);
});

test("where the draft and what was published changed the same, somebody chooses", async () => {
  const { editor, server, autosave, runTimers } = setUp(plan(phone("215")));
  editor.change("1", [["ringSeconds", 5]]);
  await runTimers();
  server.published = 2;
  const live = plan(phone("215", { ringSeconds: 40 }));
  autosave.takeInPublished(plan(phone("215")), { plan: live, basedOn: 2 }, "jan");
  const state = autosave.state.get();
  assert.ok(state.kind === "clash");
  assert.equal(state.clash.changedBy, "jan");
  autosave.settle("theirs");
  await runTimers();
  assert.deepEqual(
    [server.plan, server.basedOn],
    [live, 2],
    "the draft that the server had is not it any more",
  );
});

test("a draft that has all that was published is made from that, too", async () => {
  const { editor, server, autosave, told, runTimers } = setUp(plan(phone("215")));
  editor.change("1", [["ringSeconds", 5]]);
  await runTimers();
  server.published = 2;
  autosave.takeInPublished(plan(phone("215")), { plan: server.plan, basedOn: 2 }, "jan");
  assert.equal(await autosave.flush(), true);
  assert.deepEqual([server.revision, server.basedOn, autosave.base().basedOn, told], [3, 2, 2, []]);
  assert.equal(autosave.state.get().kind, "saved");
});
