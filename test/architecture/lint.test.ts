// The habits that oxlint keeps for us, each shown a file that breaks it; and the places that are exempt.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { PlantedTree } from "./planted-tree.ts";

/** [rule, file, code that breaks it]. */
type Plant = readonly [rule: string, file: string, code: string];

const wrong: readonly Plant[] = [
  ["node(no-process-env)", "src/call/env.ts", "export const home = process.env.HOME;"],
  ["node(no-process-env)", "src/cli/env.ts", "export const home = process.env.HOME;"],
  ["unicorn(no-process-exit)", "src/app/stop.ts", "export function stop(): void {\n  process.exit(1);\n}"],
  ["eslint(no-restricted-properties)", "src/call/now.ts", "export const now = Date.now();"],
  ["eslint(no-restricted-properties)", "src/sip/dice.ts", "export const dice = Math.random();"],
  ["eslint(no-restricted-globals)", "src/call/timer.ts", "setTimeout(() => {}, 10);"],
  ["eslint(no-restricted-globals)", "src/call/interval.ts", "setInterval(() => {}, 10);"],
  ["eslint(no-restricted-globals)", "src/call/clock.ts", "export const now = performance.now();"],
  ["eslint(no-restricted-globals)", "src/call/http.ts", 'void fetch("http://crm.example/");'],
  [
    "eslint(no-restricted-imports)",
    "src/demo/http.ts",
    'import { request } from "node:http";\n\nexport const ask = request;',
  ],
  [
    "eslint(no-restricted-imports)",
    "src/api/http.ts",
    'import http from "node:http";\n\nexport const ask = http;',
  ],
  [
    "eslint(no-restricted-imports)",
    "src/api/star.ts",
    'import * as http from "node:http";\n\nexport const ask = http;',
  ],
  ["eslint(no-restricted-globals)", "src/sip/message/argv.ts", "export const { argv } = process;"],
  ["eslint(no-restricted-globals)", "src/sip/message/timer.ts", "setImmediate(() => {});"],
  ["eslint(no-console)", "src/call/print.ts", 'console.log("hello");'],
  ["typescript(no-explicit-any)", "src/lib/any.ts", "export const thing: any = 1;"],
  ["typescript(no-floating-promises)", "src/lib/floating.ts", "Promise.resolve(1);"],
  [
    "typescript(no-misused-promises)",
    "src/lib/misused.ts",
    "export const list = [1].filter(async (n) => Promise.resolve(n > 0));",
  ],
  ["typescript(only-throw-error)", "src/lib/thrown.ts", 'export function f(): never {\n  throw "text";\n}'],
  [
    "typescript(switch-exhaustiveness-check)",
    "src/lib/switch.ts",
    'export function f(x: "a" | "b"): void {\n  switch (x) {\n    case "a":\n      break;\n  }\n}',
  ],
  [
    "typescript(no-non-null-assertion)",
    "src/lib/sure.ts",
    "export const f = (x: string | undefined): string => x!;",
  ],
  ["eslint(eqeqeq)", "src/lib/equals.ts", "export const f = (a: number, b: number): boolean => a == b;"],
  ["eslint(no-unused-vars)", "src/lib/unused.ts", "export function f(): void {\n  const idle = 1;\n}"],
  ["unicorn(filename-case)", "src/lib/CamelCase.ts", "export const a = 1;"],
  ["eslint(no-warning-comments)", "src/lib/later.ts", "// TODO: everything\nexport const a = 1;"],
];

const right: readonly (readonly [file: string, code: string])[] = [
  ["src/config/load.ts", "export const home = process.env.HOME;"],
  ["src/cli/main.ts", "process.exit(0);"],
  ["src/sip/message/octets.ts", 'export const octets = Buffer.from("SIP/2.0");'],
  ["src/api/listen.ts", 'import { createServer } from "node:http";\n\nexport const server = createServer();'],
  ["src/runtime/clock.ts", "export const now = (): number => Date.now();\nsetTimeout(() => {}, 10);"],
  ["src/cli/print.ts", 'console.log("hello");'],
  [
    "src/lib/free.test.ts",
    'import { test } from "node:test";\n\ntest("time", () => setTimeout(() => {}, Date.now()));',
  ],
];

const tree = new PlantedTree();
after(() => tree.remove());
for (const [, file, code] of wrong) tree.plant(file, `${code}\n`);
for (const [file, code] of right) tree.plant(file, `${code}\n`);

const report = JSON.parse(tree.run("oxlint", "--type-aware", "--format", "json")) as {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly filename: string;
    readonly severity: string;
  }[];
};

function codesFor(file: string): readonly string[] {
  return report.diagnostics
    .filter(({ filename }) => filename === file)
    .map(({ code }) => code.replace("@", ""));
}

for (const [rule, file] of wrong) {
  test(`${rule} stops ${file}`, () => {
    const codes = codesFor(file);
    assert.ok(codes.includes(rule), `found: ${codes.join(", ") || "nothing"}`);
  });
}

for (const [file] of right) {
  test(`${file} is exempt`, () => assert.deepEqual(codesFor(file), []));
}

test("nothing is a mere warning", () => {
  assert.ok(report.diagnostics.every(({ severity }) => severity === "error"));
});
