import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "./logger.ts";

/** What is written for one line of each kind of field. */
function written(fields: object, text: string): string {
  let out = "";
  createLogger("info", { write: (line) => (out += line) }).info(fields, text);
  return out;
}

const HOSTILE: readonly (readonly [name: string, value: string])[] = [
  ["CR LF and a forged line", 'x\r\n{"level":50,"msg":"root logged in"}\r\n'],
  ["ANSI", "\u001b[2J\u001b]0;title\u0007"],
  ["C1 CSI and DEL", "\u009b31m\u007f\u0085"],
  ["bidi and line separators", "\u202egnp.exe\u2066\u2028\u2029"],
  ["lone surrogates", "\ud800x\udfff"],
];

for (const [name, value] of HOSTILE) {
  test(`I12: ${name} in a log line stays in its line and comes back as it was`, () => {
    const line = written({ peer: value, list: [value], deep: { inner: value } }, value);
    assert.equal(line.indexOf("\n"), line.length - 1);
    assert.match(line.trimEnd(), /^[ -~]*$/, "plain ASCII: what could steer a terminal is escaped");
    const read = JSON.parse(line) as Record<string, unknown>;
    const well = value.toWellFormed() === value ? value : undefined;
    if (well === undefined) return;
    assert.deepEqual(
      [read["msg"], read["peer"], read["list"], read["deep"]],
      [well, well, [well], { inner: well }],
    );
  });
}

test("I12: a value of 1 MB is cut at 1 KiB, in a text, a field, a list, an error and its name", () => {
  const long = "é\r\n".repeat(350_000);
  const error = new Error(long);
  const fields = {
    peer: long,
    list: Array(100_000).fill("x"),
    err: error,
    [long]: 1,
    deep: { a: { b: { c: long } } },
  };
  const line = written(fields, long);
  assert.equal(line.indexOf("\n"), line.length - 1);
  assert.ok(line.length < 20_000, `${line.length} characters`);
  const read = JSON.parse(line) as {
    msg: string;
    peer: string;
    list: string[];
    err: { message: string; stack: string };
  };
  for (const text of [read.msg, read.peer, read.err.message])
    assert.equal(text, `${long.slice(0, 1024)} … (1050000 characters)`);
  assert.equal(read.list.length, 20);
  assert.match(read.err.stack, /logger\.test\.ts/, "the frames are still there");
});

test("I12: what is short and harmless is written as it is, and passwords are not", () => {
  const read = JSON.parse(
    written({ a: 1, b: true, c: undefined, d: null, password: "p" }, "ready"),
  ) as object;
  const { a, b, d, password, msg } = read as Record<string, unknown>;
  assert.deepEqual([a, b, d, password, msg], [1, true, null, "[Redacted]", "ready"]);
});

test("a line for journald begins with its priority, and stays one line of JSON behind it", () => {
  let out = "";
  const log = createLogger("debug", { write: (line) => (out += line) }, undefined, true);
  for (const level of ["debug", "info", "warn", "error"] as const) log[level]({}, "x\n<0>y");
  const lines = out.trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => line.slice(0, 3)),
    ["<7>", "<6>", "<4>", "<3>"],
  );
  for (const line of lines) assert.equal((JSON.parse(line.slice(3)) as { msg: string }).msg, "x\n<0>y");
});
