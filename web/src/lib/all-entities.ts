import { queryOptions } from "@tanstack/react-query";
import { request } from "./api.ts";
import type { Entity, ListKind } from "./entities.ts";

const PAGE = 200;
/** A list longer than this is not read whole: nobody chooses from it. */
const MOST_PAGES = 100;

interface Page<Document> {
  readonly items: readonly Entity<Document>[];
  readonly next?: string | null | undefined;
}

/** All entities of a kind, page by page. */
export async function listAll<Document>(
  path: string,
  signal?: AbortSignal,
): Promise<readonly Entity<Document>[]> {
  const items: Entity<Document>[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = { limit: PAGE, cursor };
    const answer = await request<Page<Document>>("GET", path, { query, signal });
    items.push(...answer.items);
    if (answer.next === undefined || answer.next === null) break;
    cursor = answer.next;
  }
  return items;
}

/** The same as a query: who needs them on one page has them on the next. */
export function allOptions<Document>(kind: ListKind, path: `/${string}`) {
  return queryOptions({
    // Beside `listOptions`, which are pages: [kind, "list", "pages", q].
    queryKey: [kind, "list", "whole"],
    queryFn: ({ signal }) => listAll<Document>(path, signal),
  });
}
