import { same } from "../../lib/merge.ts";

interface Listed {
  readonly id: string;
}

/** Of a page of a list, all that matters here. */
interface Rows<Call> {
  readonly items: readonly Call[];
}

/** How the first page as it is now differs from a list of which several pages were fetched before. */
export interface News<Page> {
  /** Calls that the list does not have. */
  readonly count: number;
  /** There may be more than these: the whole page is new. */
  readonly isMore: boolean;
  /** Other calls begin the list now, or in another order: what was fetched does not follow this page any more. */
  readonly isMoved: boolean;
  /** The pages with what is known anew of their calls; the same ones where nothing is. */
  readonly pages: readonly Page[];
}

/** What begins the list now stood in its first pages, or is new: however many there are, only these are looked at. */
const NEAR = 3;

/** What is new in `newest`. Pure. */
export function newsOf<Call extends Listed, Page extends Rows<Call>>(
  pages: readonly Page[],
  newest: Rows<Call>,
): News<Page> {
  const near = pages.slice(0, NEAR).flatMap(({ items }) => items);
  const known = new Set(near.map(({ id }) => id));
  const count = newest.items.filter(({ id }) => !known.has(id)).length;
  return {
    count,
    isMore: count > 0 && count === newest.items.length,
    isMoved:
      newest.items.length < (pages[0]?.items.length ?? 0) ||
      newest.items.some(({ id }, at) => id !== near[at]?.id),
    pages: renewed(pages, newest.items),
  };
}

/**
 * The pages with what is known of this call now, in whichever it stands: far down nothing else renews it. The same ones where it is
 * in none. Pure.
 */
export function withCall<Call extends Listed, Page extends Rows<Call>>(
  pages: readonly Page[],
  call: Call,
): readonly Page[] {
  const at = pages.findIndex(({ items }) => items.some(({ id }) => id === call.id));
  const page = pages[at];
  if (page === undefined) return pages;
  const items = page.items.map((row) => (row.id === call.id ? { ...row, ...call } : row));
  return pages.with(at, { ...page, items });
}

/** A row that is as it was stays the same object, so that it is not drawn again. */
function renewed<Call extends Listed, Page extends Rows<Call>>(
  pages: readonly Page[],
  newest: readonly Call[],
): readonly Page[] {
  const now = new Map(newest.map((call) => [call.id, call]));
  let isChanged = false;
  const made = pages.map((page, at) => {
    if (at >= NEAR || !page.items.some((call) => isNews(call, now))) return page;
    isChanged = true;
    return {
      ...page,
      items: page.items.map((call) => (isNews(call, now) ? (now.get(call.id) ?? call) : call)),
    };
  });
  return isChanged ? made : pages;
}

function isNews<Call extends Listed>(call: Call, now: ReadonlyMap<string, Call>): boolean {
  const fresh = now.get(call.id);
  return fresh !== undefined && fresh !== call && !same(fresh, call);
}
