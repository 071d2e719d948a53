import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { PracticeReply } from "./practice-ports.ts";
import { createApiServer } from "./server.ts";
import { silentPorts } from "./silent-ports.suite.ts";

const REPLY: PracticeReply = {
  status: 200,
  contentType: "application/x-www-form-urlencoded",
  body: "status=ACK",
  afterMs: 0,
  when: [],
};

test("a practice receiver is asked by GET and by POST, with a form, by whoever; what is too large or no receiver's is refused", async () => {
  const asked: string[] = [];
  const server = createApiServer({
    ...silentPorts,
    practice: {
      ...silentPorts.practice,
      ask: (id, query) => {
        asked.push(`${id} ${query.toString()}`);
        return Promise.resolve(REPLY);
      },
    },
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const ask = async (path: string, body?: string, headers: Record<string, string> = {}) => {
    const form = { "content-type": "application/x-www-form-urlencoded", ...headers };
    const request = body === undefined ? {} : { method: "POST", body, headers: form };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, request);
    return [answer.status, answer.status === 200 ? await answer.text() : ""];
  };
  try {
    assert.deepEqual(await ask("/practice/abc1?did=1"), [200, "status=ACK"]);
    assert.deepEqual(await ask("/practice/abc1?a=b", "did=%2B31&callername=A+B"), [200, "status=ACK"]);
    assert.deepEqual(await ask("/practice/abc1", "did=2", { origin: "http://elsewhere.example" }), [
      200,
      "status=ACK",
    ]);
    assert.deepEqual(asked, ["abc1 did=1", "abc1 a=b&did=%2B31&callername=A+B", "abc1 did=2"]);
    assert.deepEqual(await ask("/practice/abc1", "x".repeat(16 * 1024 + 1)), [413, ""]);
    for (const path of ["/practice", "/practice/a/b", "/practice/A", "/"])
      assert.equal((await ask(path, "did=3"))[0], 404, path);
    assert.equal(asked.length, 3);
  } finally {
    await server.close();
  }
});
