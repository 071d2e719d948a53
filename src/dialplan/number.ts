import {
  type CountryCode,
  isSupportedCountry,
  type NumberType,
  parsePhoneNumberFromString,
} from "libphonenumber-js/core";
import { numberingPlans } from "#numbering-plans";
import { GenerationCache } from "../lib/generation-cache.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { quoteText } from "./quote.ts";

/** How numbers are written by and for a trunk: `+31201234567`, `31201234567`, or `0201234567` (`0044…` abroad). */
export type NumberFormat = "e164Plus" | "e164" | "national";

/** Longest text that is looked at as a number: 15 digits (E.164), prefixes and generous punctuation. */
const MAX_TEXT = 40;

declare const e164: unique symbol;

/** A number written as `+E.164`, by what reads numbers; whether there are such numbers is said beside it. */
export type E164 = string & { readonly [e164]: true };

/** At most 15 digits, the first not 0. Below 7 digits no subscriber abroad can be reached. */
const E164_FORM = /^\+[1-9]\d{6,14}$/;

/** What the numbering plans know of a number. */
export interface NumberDetails {
  readonly number: E164;
  /** ISO 3166 code; undefined where no single country owns it. */
  readonly country: string | undefined;
  readonly type: NumberType;
  /** The numbering plan has such numbers. */
  readonly valid: boolean;
  /** The length is right, whether the range is known or not. */
  readonly possible: boolean;
  /** Without the country's code. */
  readonly national: string;
}

/**
 * Looking a number up costs 5 to 10 µs, and a switchboard sees the same numbers again and again. A cache of a
 * pure function: the result does not depend on it.
 */
const details = new GenerationCache<string, NumberDetails | "unreadable">(4096);
const formatted = new GenerationCache<string, string>(4096);

/**
 * Reads a called or calling number as a trunk writes it: `+E.164`, `00…`, national by the home country (ISO 3166
 * code), or E.164 without a plus. `writtenAs` is what the trunk is set to, which decides where bare digits could be
 * either. No guard: this is for numbers that come in. The error is a sentence.
 */
export function understandNumber(
  text: string,
  homeCountry: string,
  writtenAs: NumberFormat = "e164Plus",
): Result<E164, string> {
  if (isE164(text)) return ok(text);
  const digits = bareNumber(text);
  if (digits === undefined) return err(`${quoteText(text)} is not a phone number.`);
  const absolute = absoluteForm(digits);
  if (absolute !== undefined) {
    const known = inspectDialled(digits, homeCountry);
    if (known?.valid) return ok(known.number);
    return isE164(absolute) ? ok(absolute) : err(`${quoteText(text)} is not a number of any country.`);
  }
  const withPlus = `+${digits}`;
  if (writtenAs === "e164" && isE164(withPlus)) return ok(withPlus);
  const national = inspectNumber(digits, homeCountry);
  if (national?.valid) return ok(national.number);
  const abroad = inspectNumber(withPlus, homeCountry);
  if (abroad?.valid) return ok(abroad.number);
  // A range younger than our numbering plans: an operator's own trunk is believed if the length is right.
  if (digits.startsWith("0") && national?.possible && isE164(national.number)) return ok(national.number);
  return err(`${quoteText(text)} cannot be read as a phone number in ${homeCountry}.`);
}

function isE164(text: string): text is E164 {
  return E164_FORM.test(text);
}

/** Writes `+E.164` as a trunk wants it. National means as dialled within the home country, `00…` for abroad. */
export function formatNumber(e164: string, format: NumberFormat, homeCountry: string): string {
  if (format === "e164Plus") return e164;
  if (format === "e164") return e164.replace("+", "");
  const key = `${homeCountry} ${e164}`;
  const known = formatted.get(key);
  if (known !== undefined) return known;
  const country = asCountry(homeCountry);
  const written = (country === undefined ? "" : asDialled(e164, country)) || e164.replace("+", "00");
  formatted.set(key, written);
  return written;
}

function asDialled(e164: string, from: CountryCode): string {
  const parsed = parsePhoneNumberFromString(e164, { extract: false }, numberingPlans());
  return parsed?.format("IDD", { fromCountry: from }).replace(/\D/g, "") ?? "";
}

/** What the numbering plans know of a bare number (see `bareNumber`), national ones read in the home country. */
export function inspectNumber(bare: string, homeCountry: string): NumberDetails | undefined {
  const key = bare.startsWith("+") ? bare : `${homeCountry} ${bare}`;
  let found = details.get(key);
  if (found === undefined) {
    found = lookUp(bare, homeCountry) ?? "unreadable";
    details.set(key, found);
  }
  return found === "unreadable" ? undefined : found;
}

/**
 * The same for a number as dialled: `00` is the international prefix everywhere; where a country has its own that
 * begins alike (Australia's 0011), that is tried second.
 */
export function inspectDialled(bare: string, homeCountry: string): NumberDetails | undefined {
  const absolute = absoluteForm(bare);
  if (absolute === undefined || absolute === bare) return inspectNumber(bare, homeCountry);
  const found = inspectNumber(absolute, homeCountry);
  return found?.valid ? found : (inspectNumber(bare, homeCountry) ?? found);
}

/**
 * Strips what people write between digits (space, `-`, `.`, `/`, brackets) and gives `+digits` or `digits`;
 * undefined where anything else is in the text, or it is longer than any number.
 */
export function bareNumber(text: string): string | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const bare = text.replace(/[ \u00a0().\-/]/g, "");
  return /^\+?\d+$/.test(bare) ? bare : undefined;
}

/** `+…` for a bare number that names its country, by `+` or the international prefix 00; else undefined. */
export function absoluteForm(bare: string): string | undefined {
  if (bare.startsWith("+")) return bare;
  return bare.startsWith("00") ? `+${bare.slice(2)}` : undefined;
}

function lookUp(bare: string, homeCountry: string): NumberDetails | undefined {
  const options = { defaultCountry: asCountry(homeCountry), extract: false };
  const parsed = parsePhoneNumberFromString(bare, options, numberingPlans());
  if (parsed === undefined) return undefined;
  return {
    number: parsed.number as E164,
    country: parsed.country,
    type: parsed.getType(),
    valid: parsed.isValid(),
    possible: parsed.isPossible(),
    national: parsed.nationalNumber,
  };
}

function asCountry(code: string): CountryCode | undefined {
  const country = code as CountryCode;
  return isSupportedCountry(country, numberingPlans()) ? country : undefined;
}

/** Whether this is a country's code of ISO 3166 whose numbers can be read. */
export function isCountry(code: string): boolean {
  return asCountry(code) !== undefined;
}
