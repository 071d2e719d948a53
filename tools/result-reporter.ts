// A reporter for node:test that tells tools/test.ts, as one JSON document, how a test file went.

import type { TestEvent } from "node:test/reporters";

/** What one test file came to. Containers (describe) are not counted; only what runs. */
export interface FileResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

export default async function* result(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0;
  let failed = 0;
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
    } else if (event.type === "test:fail") {
      failed += 1;
    } else if (data.details.type !== "suite") {
      passed += 1;
    }
  }
  const outcome: FileResult = { passed, failed, skipped };
  yield JSON.stringify(outcome);
}
