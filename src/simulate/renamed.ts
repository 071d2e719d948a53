import { renamedReferences } from "../dialplan/difference.ts";
import type { Directory } from "../dialplan/directory.ts";
import { dangling, type Thing } from "../dialplan/steps/references.ts";
import type { SimulatedCall } from "./given.ts";

/** What is called otherwise now: the names of today by kind and the name of then. */
export type Renames = ReadonlyMap<`${Thing} ${string}`, string>;

/**
 * What a plan named that is not there any more by that name, and the same steps of a later plan name otherwise: a record has the
 * names of then. Both have the shape of plans.
 */
export function renamesBetween(before: unknown, after: unknown, directory: Directory): Renames {
  const renames = new Map<`${Thing} ${string}`, string>();
  for (const { was, is } of renamedReferences(before, after)) {
    const isGone = dangling(was, directory) !== undefined && dangling(is, directory) === undefined;
    if (isGone && !renames.has(`${was.thing} ${was.name}`)) renames.set(`${was.thing} ${was.name}`, is.name);
  }
  return renames;
}

/** A call of then by the names of today: what a thing did is what it does under its other name. */
export function byNamesOfToday(call: SimulatedCall, renames: Renames): SimulatedCall {
  if (renames.size === 0) return call;
  const { replies, phones, messagesMs = {} } = call;
  const named = <Given>(thing: Thing, given: Readonly<Record<string, Given>>): Record<string, Given> =>
    Object.fromEntries(
      Object.entries(given).map(([name, one]) => [renames.get(`${thing} ${name}`) ?? name, one]),
    );
  return {
    ...call,
    replies: named("webhook", replies),
    phones: named("phone", phones),
    messagesMs: named("audioMessage", messagesMs),
  };
}
