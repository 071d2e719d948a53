/** Whether tests go as deep as before a release, `npm run soak`. */
export const isSoak = process.env.SWITCHHOOK_TEST_SOAK === "1";

/** How far a test goes: each time, and in a soak. */
export function depth(usually: number, inSoak: number): number {
  return isSoak ? inSoak : usually;
}
