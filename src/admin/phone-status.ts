import type { PhoneStanding, PhoneStatus } from "../model/access.ts";
import type { Entities } from "../model/entities/entities.ts";

/** Phones of which the calls' side is asked at once: half a millisecond of its time, and calls go on between two portions (docs/adr/0116). */
const PORTION = 100;

/** Every phone by its extension, and how it stands; undefined: the calls' side did not answer in time, or is starting. */
export async function phoneStatus(
  entities: Entities,
  standings: (extensions: readonly string[]) => Promise<readonly PhoneStanding[] | undefined>,
): Promise<readonly PhoneStatus[] | undefined> {
  const phones = entities
    .all("phone")
    .map(({ document: { extension, name } }) => ({ extension, name }))
    .toSorted((one, other) => (one.extension < other.extension ? -1 : 1));
  const all: PhoneStatus[] = [];
  for (let at = 0; at < phones.length; at += PORTION) {
    const portion = phones.slice(at, at + PORTION);
    const stand = await standings(portion.map(({ extension }) => extension));
    if (stand === undefined) return undefined;
    for (const [index, { name }] of portion.entries()) {
      const standing = stand[index];
      if (standing !== undefined) all.push({ ...standing, name });
    }
  }
  return all;
}
