import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchProgram } from "./fetch-program.ts";

test("a program that cannot be had is told to who still waits for it, and not to who is gone by then", async () => {
  const told: string[] = [];
  const { promise, reject } = Promise.withResolvers<{ readonly default: string }>();
  const ask = (who: string) =>
    fetchProgram(
      () => promise,
      () => told.push(`${who} has it`),
      () => told.push(`${who} does not`),
    );
  ask("who waits");
  ask("who went")();
  reject(new Error("the line broke"));
  await assert.rejects(promise);
  assert.deepEqual(told, ["who waits does not"]);
});

test("a program that came is had, also where it is no longer waited for", async () => {
  const had: string[] = [];
  const load = async () => ({ default: "the dialog" });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const onThere = (made: string): void => {
    had.push(made);
    resolve(undefined);
  };
  fetchProgram(load, onThere, () => reject(new Error("missing")))();
  await promise;
  assert.deepEqual(had, ["the dialog"]);
});
