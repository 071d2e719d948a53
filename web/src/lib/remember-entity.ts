import type { QueryClient } from "@tanstack/react-query";
import type { KindName } from "../../../src/model/entities/kinds.ts";

/** Whether there is one thing of a kind, or none yet. */
export function isSingleKind(kind: KindName): boolean {
  return kind === "settings" || kind === "outbound";
}

/** What is there now, as the answer to a write says it: an answer that was on its way before does not come after it. */
export async function rememberEntity(
  client: QueryClient,
  kind: KindName,
  entity: { readonly id: string; readonly revision?: number },
): Promise<void> {
  const queryKey = [kind, "one", isSingleKind(kind) ? "" : entity.id];
  await client.cancelQueries({ queryKey });
  client.setQueryData(queryKey, entity);
}
