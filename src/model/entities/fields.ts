import { z } from "zod";
import { field } from "../../dialplan/field.ts";
import { isCountry } from "../../dialplan/number.ts";
import { isCidr, isIpAddress, isTooWideForIpv4 } from "../network.ts";
import { KEPT_SECRET } from "./kind.ts";

// Values that several kinds of entity have.

/** Characters an entry's name may not have: C0, DEL and C1 controls. */
export const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** A text that others write too where they name something: without what nobody sees. */
export function asName(text: z.ZodString): z.ZodString {
  return text
    .refine((name) => !CONTROL.test(name), "A name has no control characters or line breaks.")
    .refine((name) => name.trim() === name, "A name has no spaces at its ends.");
}

export const name = asName(
  z.string().min(1, "A name has at least 1 character.").max(100, "A name has at most 100 characters."),
);

export const extension = z
  .string()
  .regex(/^[0-9]{2,8}$/, "An extension is 2 to 8 digits, written in quotes.")
  .refine(
    (digits) => !["112", "911", "999"].includes(digits),
    "This is an emergency number; it cannot be an extension.",
  );

export const country = z
  .string()
  .refine(isCountry, 'A country is two capital letters of ISO 3166, for example "NL".');

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'A time zone has an IANA name, for example "Europe/Amsterdam".');

function isTimeZone(text: string): boolean {
  // Does not have the names of other times (Asia/Kolkata), and needs a tenth of the memory of what has (ADR 0137).
  if (Intl.supportedValuesOf("timeZone").includes(text)) return true;
  try {
    // The language offers no other check: a name that it does not know throws.
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

export const cidr = z.string().superRefine((text, context) => {
  if (isCidr(text) && !isTooWideForIpv4(text)) return;
  if (isTooWideForIpv4(text)) {
    const message = `An IPv4 network inside IPv6 has a length from 96 to 128, because 96 bits stand before it; write ${JSON.stringify(text)} as an IPv4 network.`;
    return context.addIssue({ code: "custom", message });
  }
  const message = isIpAddress(text)
    ? `A network needs its length: "${text}/${text.includes(":") ? 128 : 32}" for this one address.`
    : 'A network is written as address/length, for example "192.0.2.0/24".';
  context.addIssue({ code: "custom", message });
});

export const password = z
  .string()
  .max(128, "A password has at most 128 characters.")
  .refine((text) => text === KEPT_SECRET || text.length >= 8, "A password has at least 8 characters.")
  .refine((text) => !CONTROL.test(text), "A password has no control characters or line breaks.");

/** RFC 3261 §19.1: scheme, host, port and transport; nothing that could smuggle a user or a header. */
const SIP_HOST =
  /^sips?:(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::[0-9]{1,5})?(?:;transport=(?:udp|tcp|tls))?$/i;

export const sipHost = z
  .string()
  .refine(
    isSipHost,
    'A host is a SIP address without a user, for example "sip:sip.example.com:5060;transport=udp".',
  );

function isSipHost(text: string): boolean {
  if (!SIP_HOST.test(text)) return false;
  const literal = /\[([^\]]*)\]/.exec(text)?.[1];
  if (literal !== undefined && !isIpAddress(literal)) return false;
  const port = /:([0-9]{1,5})(?:;|$)/.exec(literal === undefined ? text : text.slice(text.indexOf("]")))?.[1];
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
}

/** See `MediaPolicy`. */
export const mediaField = field(z.enum(["auto", "passThrough", "anchored"]).default("auto"), {
  label: "Sound",
  help: "Past us, through us, or as the call needs it.",
  choices: { auto: "As the call needs it", passThrough: "Past us", anchored: "Through us" },
});

/** A whole number in a range, and the one sentence for whatever else is there. */
export function whole(min: number, max: number, sentence: string): z.ZodNumber {
  return z.number(sentence).int(sentence).min(min, sentence).max(max, sentence);
}
