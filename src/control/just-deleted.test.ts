// Bad input of issue 13: references to what was just deleted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withCompanyApi } from "../../test/support/company-api.ts";

const ANY = { "if-match": "*" };

test("what refers to something that was deleted a moment ago is refused at its place, and nothing of it is kept", () =>
  withCompanyApi({}, async ({ ask, desk }) => {
    const made = await ask("POST", "/phones", { extension: "240", name: "Gone" });
    const plan = await ask("POST", "/plans", { name: "Soon gone", steps: [{ type: "hangUp", as: "busy" }] });
    const doomed = `/plans/${String(plan.body["id"])}`;
    assert.equal((await ask("DELETE", `/phones/${String(made.body["id"])}`, undefined, ANY)).status, 200);
    assert.equal((await ask("DELETE", doomed, undefined, ANY)).status, 200);
    const before = desk.entities;
    const rows = [
      ["/numbers", { number: "+31501239999", plan: "Soon gone" }, "/plan"],
      ["/groups", { extension: "333", name: "G", members: ["240"], strategy: "all" }, "/members/0"],
      ["/plans", { name: "New", steps: [{ type: "phone", phone: "240" }] }, "/steps/0/phone"],
    ] as const;
    for (const [path, body, pointer] of rows) {
      const { status, body: answer } = await ask("POST", path, body);
      assert.deepEqual([status, answer["code"]], [422, "invalid"], path);
      const [problem] = answer["problems"] as { pointer: string }[];
      assert.equal(problem?.pointer, pointer);
    }
    const lost = [
      ["PATCH", doomed, { name: "x" }],
      ["DELETE", doomed, undefined],
      ["PUT", `${doomed}/draft`, { steps: [] }],
      ["POST", `${doomed}/publish`, { note: "" }],
    ] as const;
    for (const [method, path, body] of lost)
      assert.equal((await ask(method, path, body, ANY)).status, 404, `${method} ${path}`);
    assert.equal(desk.entities, before);
  }));
