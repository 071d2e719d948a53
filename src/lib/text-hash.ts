/**
 * 52 bits of two FNV-1a-like rounds over both texts, one after the other; never 0. Enough to tell whether a text has changed, where
 * keeping it would cost memory; not against somebody who looks for a text with the same.
 */
export function textHash(text: string, more = ""): number {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let at = 0; at < text.length + more.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : more.charCodeAt(at - text.length);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995);
  }
  return (high >>> 6) * 0x400_0000 + (low >>> 6) + 1;
}
