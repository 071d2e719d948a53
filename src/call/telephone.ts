import type { Directory } from "../dialplan/directory.ts";
import { isEmergencyNumber } from "../dialplan/emergency-numbers.ts";
import { type E164, type NumberFormat, understandNumber } from "../dialplan/number.ts";
import type { Result } from "../lib/result.ts";
import { telephoneNumberOf, type Uri, userOf } from "../sip/index.ts";

/**
 * The phone number in a URI that a trunk wrote, sip, sips or tel, as `understandNumber` gives it. A local number is read
 * in the context that stands beside it, and, where that makes no number, nationally.
 */
export function numberOf(uri: Uri, country: string, writtenAs: NumberFormat): Result<E164, string> {
  const user = userOf(uri);
  const global = telephoneNumberOf(uri);
  const number = understandNumber(global, country, writtenAs);
  return number.ok || global === user ? number : understandNumber(user, country, writtenAs);
}

/**
 * What a phone means by a URI: an internal or emergency number as it is written, whatever context its maker put beside
 * it; else the number in that context.
 */
export function dialledIn(
  uri: Uri,
  { phones, groups, home }: Pick<Directory, "phones" | "groups" | "home">,
): string {
  const user = userOf(uri);
  const asWritten = phones.has(user) || groups.has(user) || isEmergencyNumber(user, home.country);
  return asWritten ? user : telephoneNumberOf(uri);
}
