import { err, ok, type Result } from "../lib/result.ts";
import { destinationSlip, nearExtension, seenNumber, strangeCharacter } from "./destination-slips.ts";
import type { Directory } from "./directory.ts";
import { isEmergencyNumber } from "./emergency-numbers.ts";
import {
  absoluteForm,
  bareNumber,
  type E164,
  inspectDialled,
  inspectNumber,
  type NumberDetails,
} from "./number.ts";
import { numberSlip } from "./number-slips.ts";
import { quoteText } from "./quote.ts";

/** Where a call may be sent. */
export type Destination =
  | { readonly kind: "phone"; readonly extension: string }
  | { readonly kind: "group"; readonly extension: string }
  | ExternalDestination;

/** `number` is valid and allowed; `country` its ISO 3166 code. */
export interface ExternalDestination {
  readonly kind: "external";
  readonly number: E164;
  readonly country: string;
}

export type RefusalCode =
  | "empty"
  | "notANumber"
  | "unknownNumber"
  | "emergency"
  | "shortCode"
  | "premium"
  | "sharedCost"
  | "satellite"
  | "internationalService"
  | "specialService"
  | "country";

/** Why a destination may not be called; `message` is a sentence with the destination in it. */
export interface DestinationRefusal {
  readonly code: RefusalCode;
  readonly message: string;
}

/** Longest text that is looked at for what went wrong with it. */
const MAX_SLIP = 80;

/** What is said of a number that nobody has. */
const MAY_BE_INTERNAL: ReadonlySet<RefusalCode> = new Set(["shortCode", "unknownNumber"]);

/** What a guard needs to know of the installation. */
export type DialPolicy = Pick<Directory, "home" | "security">;

/**
 * Reads what a webhook returned as destination (webhook.md, The reply): an exact internal number first, then
 * `+…`, `00…`, or national by the home country; outside numbers pass the guard. Anything that is not digits and
 * their usual punctuation is refused: no URI, no `;`, `&`, `@`, no letters; and so is what a spreadsheet makes of a number,
 * and two numbers in one (number-slips.ts).
 */
export function understandDestination(
  text: string,
  directory: Directory,
): Result<Destination, DestinationRefusal> {
  const trimmed = seenNumber(text).trim();
  if (trimmed === "") return refuse("empty", "The destination is empty.");
  if (directory.phones.has(trimmed)) return ok({ kind: "phone", extension: trimmed });
  if (directory.groups.has(trimmed)) return ok({ kind: "group", extension: trimmed });
  const slip = destinationSlip(trimmed);
  if (slip !== undefined) return refuse("notANumber", `The destination ${quoteText(trimmed)} ${slip}`);
  const outside = understandExternal(trimmed, directory);
  if (outside.ok || !MAY_BE_INTERNAL.has(outside.error.code)) return outside;
  const near = nearExtension(trimmed, (one) => directory.phones.has(one) || directory.groups.has(one));
  if (near === undefined) return outside;
  return refuse(
    outside.error.code,
    `${outside.error.message} The internal number ${near} is one digit away.`,
  );
}

/**
 * Reads an outside number (`+…`, `00…`, or national by the home country) and applies the destination guard:
 * valid by the numbering plans, in an allowed country, and of a kind that a switchboard calls. Premium, shared-cost,
 * personal, satellite and international service numbers, emergency numbers and short codes are always refused.
 */
export function understandExternal(
  written: string,
  policy: DialPolicy,
): Result<ExternalDestination, DestinationRefusal> {
  const text = seenNumber(written);
  const shown = quoteText(text);
  const slip = text.length > MAX_SLIP ? undefined : numberSlip(text);
  if (slip !== undefined) return refuse("notANumber", `The destination ${shown} ${slip}.`);
  const bare = bareNumber(text);
  if (bare === undefined) {
    const strange = strangeCharacter(text);
    return refuse(
      "notANumber",
      `The destination ${shown} is not a number: only digits, a leading + and the usual punctuation are read${strange === undefined ? "" : `, and it has the character ${strange}`}.`,
    );
  }
  const home = policy.home.country;
  const details = inspectDialled(bare, home);
  if (meansEmergency(bare, details, home)) {
    return refuse("emergency", `The destination ${shown} is an emergency number, which is never called.`);
  }
  const service = internationalService(details?.number) ?? internationalService(absoluteForm(bare));
  if (service !== undefined) return refuse(service.code, `The destination ${shown} ${service.reason}.`);
  if (isShortCode(bare, details)) {
    return refuse(
      "shortCode",
      `The destination ${shown} is neither an internal number nor a whole phone number; short codes are never called.`,
    );
  }
  if (details === undefined || !details.valid) {
    return refuse(
      "unknownNumber",
      `The destination ${shown} is not a phone number that exists${hint(bare, home)}.`,
    );
  }
  return guard(details, shown, policy);
}

function guard(
  details: NumberDetails,
  shown: string,
  policy: DialPolicy,
): Result<ExternalDestination, DestinationRefusal> {
  const kind = details.type === undefined ? undefined : REFUSED_TYPES.get(details.type);
  if (kind !== undefined) return refuse(kind.code, `The destination ${shown} ${kind.reason}.`);
  if (details.country === undefined) {
    return refuse("country", `The country of the destination ${shown} is not known, so it is not called.`);
  }
  if (!policy.security.dialCountries.includes(details.country)) {
    const allowed = policy.security.dialCountries.join(", ") || "no country at all";
    return refuse(
      "country",
      `The destination ${shown} is a number of ${details.country}; security.dialCountries allows ${allowed}.`,
    );
  }
  return ok({ kind: "external", number: details.number, country: details.country });
}

interface RefusedKind {
  readonly code: RefusalCode;
  readonly reason: string;
}

const REFUSED_TYPES: ReadonlyMap<string, RefusedKind> = new Map([
  ["PREMIUM_RATE", { code: "premium", reason: "is a premium-rate number, which is never called" }],
  ["SHARED_COST", { code: "sharedCost", reason: "is a shared-cost number, which is never called" }],
  [
    "PERSONAL_NUMBER",
    {
      code: "specialService",
      reason: "is a personal number (follow-me, at any rate), which is never called",
    },
  ],
  ["PAGER", { code: "specialService", reason: "is a pager, which is never called" }],
  ["VOICEMAIL", { code: "specialService", reason: "is a voicemail access number, which is never called" }],
]);

/** ITU-T E.164.1 / Operational Bulletin: country codes that belong to no country. */
const SERVICES: readonly (readonly [string, RefusedKind])[] = [
  ["+870", { code: "satellite", reason: "is a satellite phone (Inmarsat, +870), which is never called" }],
  ["+871", { code: "satellite", reason: "is a satellite phone (Inmarsat, +871), which is never called" }],
  ["+872", { code: "satellite", reason: "is a satellite phone (Inmarsat, +872), which is never called" }],
  ["+873", { code: "satellite", reason: "is a satellite phone (Inmarsat, +873), which is never called" }],
  ["+874", { code: "satellite", reason: "is a satellite phone (Inmarsat, +874), which is never called" }],
  ["+881", { code: "satellite", reason: "is a satellite phone (+881), which is never called" }],
  ["+882", { code: "satellite", reason: "is in an international network (+882), which is never called" }],
  ["+883", { code: "satellite", reason: "is in an international network (+883), which is never called" }],
  [
    "+979",
    { code: "premium", reason: "is an international premium-rate number (+979), which is never called" },
  ],
  [
    "+800",
    {
      code: "internationalService",
      reason: "is a universal freephone number (UIFN, +800), which is never called",
    },
  ],
  [
    "+808",
    {
      code: "internationalService",
      reason: "is an international shared-cost number (+808), which is never called",
    },
  ],
  [
    "+878",
    { code: "internationalService", reason: "is a universal personal number (+878), which is never called" },
  ],
  [
    "+888",
    { code: "internationalService", reason: "is a disaster-relief number (+888), which is never called" },
  ],
  [
    "+991",
    { code: "internationalService", reason: "is in an international trial (+991), which is never called" },
  ],
];

function internationalService(number: string | undefined): RefusedKind | undefined {
  if (number === undefined) return undefined;
  return SERVICES.find(([prefix]) => number.startsWith(prefix))?.[1];
}

/** `112`, and the ways around it: `+112`, `00112`, `0112`, `+31112`, `0031112`. */
function meansEmergency(bare: string, details: NumberDetails | undefined, home: string): boolean {
  const digits = bare.replace("+", "");
  if (isEmergencyNumber(digits, home)) return true;
  if (details?.valid) return false;
  return (
    isEmergencyNumber(digits.replace(/^0+/, ""), home) ||
    (details !== undefined &&
      (isEmergencyNumber(details.national, details.country ?? home) ||
        isEmergencyNumber(details.national.replace(/^0+/, ""), details.country ?? home)))
  );
}

/** Types of whole subscriber numbers; every other type may be a code of a few digits (the Dutch 14020). */
const SUBSCRIBER: ReadonlySet<string> = new Set(["FIXED_LINE", "MOBILE", "FIXED_LINE_OR_MOBILE", "VOIP"]);

function isShortCode(bare: string, details: NumberDetails | undefined): boolean {
  if (details?.valid) return details.national.length <= 6 && !SUBSCRIBER.has(details.type ?? "");
  return bare.replace("+", "").length <= 6;
}

/** Digits of another country without a plus are the usual slip. */
function hint(bare: string, home: string): string {
  if (absoluteForm(bare) !== undefined) return "";
  const meant = `+${bare}`;
  return inspectNumber(meant, home)?.valid ? ` in ${home}; abroad it would be ${meant}` : ` in ${home}`;
}

function refuse(code: RefusalCode, message: string): Result<never, DestinationRefusal> {
  return err({ code, message });
}
