import { err, ok, type Result } from "../lib/result.ts";
import type { Ask, ReadFailure } from "./api-client.ts";
import type { Failure } from "./failure.ts";
import type { TestCallAnswer, TestCallWish } from "./installation-port.ts";

/** Has the running server's own caller place a call; answered as soon as the call has a record. */
export async function testCallOverApi(
  ask: Ask,
  failureOf: ReadFailure,
  wish: TestCallWish,
): Promise<Result<TestCallAnswer, Failure>> {
  const headers = { "content-type": "application/json" };
  const response = await ask("calls/test", { method: "POST", body: JSON.stringify(wish), headers });
  if (!response.ok) return response;
  if (!response.value.ok) return err(await failureOf(response.value));
  return ok((await response.value.json()) as TestCallAnswer);
}
