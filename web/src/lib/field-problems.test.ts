import assert from "node:assert/strict";
import { test } from "node:test";
import type { DocumentProblem } from "./api-error.ts";
import { isAt, pathOf, saidAt, withoutField } from "./field-problems.ts";
import { schemaProblems } from "./rules.ts";

const problem = (pointer: string, severity?: "warning"): DocumentProblem => ({
  pointer,
  code: "custom",
  message: "It is wrong.",
  ...(severity === undefined ? {} : { severity }),
});

test("an entry's fault is said by its list, as is the list's own", () => {
  assert.ok(isAt(problem("/hosts/0"), "hosts"));
  assert.ok(isAt(problem("/hosts"), "hosts"));
  assert.ok(isAt(problem("/security/webhookAllowedNetworks/12"), "security.webhookAllowedNetworks"));
  assert.ok(!isAt(problem("/hosts/0/name"), "hosts"));
  assert.ok(!isAt(problem("/hosts/zero"), "hosts"));
  assert.ok(!isAt(problem("/hosts/0", "warning"), "hosts"));
  assert.equal(pathOf(problem("/a~1b/c~0d")), "a/b.c~d");
});

test("of many entries the one that is wrong is named", () => {
  const hosts = ["sip:a.example", "b.example"];
  assert.equal(saidAt(problem("/hosts/1"), hosts), "“b.example”: It is wrong.");
  assert.equal(saidAt(problem("/hosts"), hosts), "It is wrong.");
  assert.equal(saidAt(problem("/hosts/2"), hosts), "It is wrong.");
});

test("what no field says is told elsewhere", () => {
  const asked = new Set(["hosts", "credentials.username"]);
  const problems = [
    "/hosts/0",
    "/hosts",
    "/credentials/username",
    "/credentials",
    "",
    "/acceptFrom/0",
    "/hosts/0/x",
  ];
  assert.deepEqual(
    withoutField(
      problems.map((pointer) => problem(pointer)),
      asked,
    ).map(({ pointer }) => pointer),
    ["/credentials", "", "/acceptFrom/0", "/hosts/0/x"],
  );
});

test("a trunk's host without sip: and a network without its length are faults that their fields say", () => {
  const trunk = {
    name: "provider",
    kind: "peer",
    hosts: ["sip.provider.example"],
    acceptFrom: ["198.51.100.7"],
  };
  const problems = schemaProblems("trunk", trunk);
  assert.deepEqual(
    problems.map(({ pointer }) => pointer),
    ["/hosts/0", "/acceptFrom/0"],
  );
  assert.deepEqual(withoutField(problems, new Set(["name", "hosts", "acceptFrom"])), []);
});
