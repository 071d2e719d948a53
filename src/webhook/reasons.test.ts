import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { visible } from "../lib/failure.ts";
import { describeFailure, type Failure, reasons } from "./reasons.ts";

describe("the registry of reasons", () => {
  test("README.md, with that of http/, lists exactly its codes", () => {
    const listed = ["./README.md", "../http/README.md"].flatMap((page) => {
      const [, list = ""] = readFileSync(new URL(page, import.meta.url), "utf8").split("## Reasons");
      return [...list.matchAll(/`([a-zA-Z]+)`/g)].map((match) => match[1]);
    });
    assert.equal(listed.length, new Set(listed).size);
    assert.deepEqual(new Set(listed), new Set(Object.keys(reasons)));
  });

  test("every sentence is one: it ends in a full stop and shows no undefined", () => {
    const details = {
      host: "crm.example",
      address: "10.0.0.1",
      range: "a private address",
      detail: "why",
      problem: "why",
      limit: 3,
      ms: 1_000,
      phase: "waiting",
      status: "404",
      encoding: "gzip",
      target: "x",
      placeholder: "callername",
      correction: undefined,
      quoted: "what came",
      program: "PHP",
      path: "data",
      count: 2,
      separator: "a semicolon",
      written: "dest",
      meant: "destination",
    };
    for (const code of Object.keys(reasons)) {
      const sentence = describeFailure({ ...details, code } as unknown as Failure);
      assert.match(sentence, /^[A-Z\dc].*\.$/, code);
      assert.equal(/undefined|null|NaN|\[object/.test(sentence), false, sentence);
    }
  });

  test("times are given in seconds", () => {
    const sentence = (ms: number): string => describeFailure({ code: "nameTimeout", host: "x", ms });
    assert.match(sentence(3_000), /within 3 seconds /);
    assert.match(sentence(1_000), /within 1 second /);
    assert.match(sentence(1_500), /within 1\.5 seconds /);
  });

  test("a receiver's own words are short and printable in a sentence", () => {
    assert.equal(visible("a\r\nb\u001b[31m\u202ec"), "a  b [31m c");
    assert.equal(visible("x".repeat(61)), `${"x".repeat(60)}…`);
    assert.ok(visible("🎉".repeat(40)).isWellFormed());
  });
});
