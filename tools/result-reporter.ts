// A reporter for node:test that tells tools/test.ts how a test file goes: a line of JSON for each test that is over, so
// that what is known survives a file that has to be stopped.

import type { TestEvent } from "node:test/reporters";

const MESSAGE_LENGTH = 300;

/** What a process with test files came to. Containers (describe) are not counted; only what runs. */
export interface FileResult {
  readonly passed: number;
  readonly failed: number;
  /** What failed, each with the beginning of its error in one line. */
  readonly failures: readonly { readonly name: string; readonly message: string }[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** A line of the report. */
type Line =
  | { readonly type: "passed"; readonly file: string | undefined }
  | { readonly type: "failed" | "skipped"; readonly name: string; readonly why: string }
  /** Every test that has begun is over: only hooks and what was left open keep the file from ending. */
  | { readonly type: "over" };

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let running = 0;
  for await (const event of events) {
    if (event.type === "test:enqueue") running += 1;
    if (event.type === "test:complete") running -= 1;
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const line = lineOf(event);
    if (line !== undefined) yield `${JSON.stringify(line)}\n`;
    if (running === 0) yield `${JSON.stringify({ type: "over" })}\n`;
  }
}

function lineOf(event: Extract<TestEvent, { type: "test:pass" | "test:fail" }>): Line | undefined {
  const { name, skip, todo, file } = event.data;
  if (skip !== undefined && skip !== false) {
    return { type: "skipped", name, why: typeof skip === "string" ? skip : "no reason given" };
  }
  // A test that may fail without consequence proves nothing.
  if (todo !== undefined && todo !== false) return { type: "failed", name, why: "is marked as todo" };
  // So node:test tells of a file in company that holds no test.
  if (event.type === "test:pass" && file?.endsWith(name) === true) return undefined;
  if (event.type === "test:fail") return { type: "failed", name, why: inOneLine(event.data.details.error) };
  return event.data.details.type === "suite" ? undefined : { type: "passed", file };
}

interface Extent {
  readonly over: boolean;
  /** Absolute paths of the files that hold a test which passed. */
  readonly files: ReadonlySet<string>;
}

/** Reads a report, whole or as far as it got; undefined where nothing of it is there. */
export function readReport(text: string): (FileResult & Extent) | undefined {
  const lines = text.split("\n").slice(0, -1);
  if (lines.length === 0) return undefined;
  const read = lines.map((line) => JSON.parse(line) as Line);
  const named = (type: "failed" | "skipped") =>
    read.flatMap((line) => (line.type === type ? [{ name: line.name, why: line.why }] : []));
  const failures = named("failed");
  const passed = read.filter((line) => line.type === "passed");
  return {
    passed: passed.length,
    failed: failures.length,
    failures: failures.map(({ name, why }) => ({ name, message: why })),
    skipped: named("skipped").map(({ name, why }) => ({ name, reason: why })),
    over: read.at(-1)?.type === "over",
    files: new Set(passed.flatMap(({ file }) => file ?? [])),
  };
}

/** node:test wraps what a test threw; the wrapping of a container only counts its failed tests. */
function inOneLine(error: Error): string {
  const { message } = error.cause instanceof Error ? error.cause : error;
  const line = message.replaceAll(/\s+/g, " ").trim();
  return line.length > MESSAGE_LENGTH ? `${line.slice(0, MESSAGE_LENGTH)}…` : line;
}
