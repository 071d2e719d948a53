import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { askEarly, dropEarly, earlySinceMs, takeEarly } from "./early.ts";

const server = createServer((request, response) => response.end(request.url));
let origin = "";

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => server.close());

test("an answer is given once, to whoever asks the same; nothing that is asked after a write is one", async () => {
  const [home, calls] = [`${origin}/home`, `${origin}/calls`];
  const asked = askEarly(home);
  assert.equal(earlySinceMs(), 0, "nobody has it yet");
  assert.equal(takeEarly(calls), undefined);
  assert.equal(takeEarly(home), asked);
  assert.equal(await (await asked).text(), "/home");
  assert.ok(earlySinceMs() > 0);
  assert.equal(takeEarly(home), undefined);
  const before = askEarly(home);
  dropEarly();
  const later = askEarly(calls);
  assert.deepEqual([takeEarly(home), takeEarly(calls)], [undefined, undefined]);
  await Promise.all([before, later].map(async (answer) => (await answer).text()));
});
