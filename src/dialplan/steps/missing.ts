import { didYouMean } from "../../lib/did-you-mean.ts";

/** The sentence for a reference to something that is not there. */
export function missing(kind: string, name: string, known: Iterable<string>): string {
  const meant = didYouMean(name, known);
  return `There is no ${kind} "${name}".${meant === undefined ? "" : ` Did you mean "${meant}"?`}`;
}
