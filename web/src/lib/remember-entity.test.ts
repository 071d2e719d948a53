import assert from "node:assert/strict";
import { test } from "node:test";
import { QueryClient } from "@tanstack/react-query";
import { rememberEntity } from "./remember-entity.ts";

test("what was asked for before something was saved, and is answered after it, is not what is there now", async () => {
  const client = new QueryClient();
  const queryKey = ["webhook", "one", "a"];
  client.setQueryData(queryKey, { id: "a", revision: 3 });
  let answer: (entity: unknown) => void = () => undefined;
  const asked = client.fetchQuery({
    queryKey,
    queryFn: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  await rememberEntity(client, "webhook", { id: "a", revision: 5 });
  answer({ id: "a", revision: 4 });
  await asked.catch(() => undefined);
  assert.deepEqual(client.getQueryData(queryKey), { id: "a", revision: 5 });
});

test("of what there is one, it is the one", async () => {
  const client = new QueryClient();
  await rememberEntity(client, "settings", { id: "a" });
  assert.deepEqual(client.getQueryData(["settings", "one", ""]), { id: "a" });
});
