import { readZonedTime } from "../../../../src/lib/zoned-time.ts";
import { timeZone } from "../../lib/format.ts";

const DAY_MS = 86_400_000;

/** What of a list can be filtered, as it stands in the address of the page. */
export const FILTERS = ["q", "result", "plan", "webhook", "phone", "number", "from", "to", "kind"] as const;
export type Filter = (typeof FILTERS)[number];
export type Filters = Partial<Readonly<Record<Filter, string>>>;

/** What the address of the page filters by. */
export function filtersOf(query: URLSearchParams): Filters {
  return Object.fromEntries(
    FILTERS.flatMap((filter) => {
      const value = query.get(filter);
      return value === null || value === "" ? [] : [[filter, value]];
    }),
  );
}

/** Days as `<input type="date">` gives them, on the clocks by which the times of the rows are; the last one is part of the list. */
export function asAsked(filters: Filters, zone = timeZone()): Record<string, string | undefined> {
  const { from, to, ...rest } = filters;
  const midnight = (day: string): string | undefined => readZonedTime(`${day}T00:00`, zone)?.toString();
  return {
    ...rest,
    from: from === undefined ? undefined : midnight(from),
    to: to === undefined ? undefined : midnight(dayAfter(to)),
  };
}

/** What is no day stays what it is. */
function dayAfter(day: string): string {
  const next = new Date(Date.parse(day) + DAY_MS);
  return Number.isNaN(next.getTime()) ? day : next.toISOString().slice(0, 10);
}
