// A reporter for node:test that tells tools/test.ts, as one JSON document, how a test file went.

import type { TestEvent } from "node:test/reporters";

const MESSAGE_LENGTH = 300;

/** What one test file came to. Containers (describe) are not counted; only what runs. */
export interface FileResult {
  readonly passed: number;
  readonly failed: number;
  /** What failed, each with the beginning of its error in one line. */
  readonly failures: readonly { readonly name: string; readonly message: string }[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

export default async function* result(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0;
  let failed = 0;
  const failures: { name: string; message: string }[] = [];
  const skipped: { name: string; reason: string }[] = [];
  for await (const event of events) {
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const { data } = event;
    if (data.skip !== undefined && data.skip !== false) {
      skipped.push({
        name: data.name,
        reason: typeof data.skip === "string" ? data.skip : "no reason given",
      });
    } else if (data.todo !== undefined && data.todo !== false) {
      // A test that may fail without consequence proves nothing.
      failed += 1;
      failures.push({ name: data.name, message: "is marked as todo" });
    } else if (event.type === "test:fail") {
      failed += 1;
      failures.push({ name: data.name, message: inOneLine(event.data.details.error) });
    } else if (data.details.type !== "suite") {
      passed += 1;
    }
  }
  const outcome: FileResult = { passed, failed, failures, skipped };
  yield JSON.stringify(outcome);
}

/** node:test wraps what a test threw; the wrapping of a container only counts its failed tests. */
function inOneLine(error: Error): string {
  const { message } = error.cause instanceof Error ? error.cause : error;
  const line = message.replaceAll(/\s+/g, " ").trim();
  return line.length > MESSAGE_LENGTH ? `${line.slice(0, MESSAGE_LENGTH)}…` : line;
}
