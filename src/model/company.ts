import { z } from "zod";
import { MAX_CODE_DIGITS } from "../dialplan/command.ts";
import { isCountry } from "../dialplan/number.ts";
import { planDocument } from "../dialplan/plan.ts";
import { isCidr, isIpAddress, isTooWideForIpv4 } from "./network.ts";
import {
  DEFAULT_OUTSIDE_CALL_LIMITS,
  MOST_NEW_OUTSIDE_CALLS,
  MOST_OUTSIDE_CALLS,
} from "./outside-call-limits.ts";
import { strictObject } from "./strict-object.ts";

// The company document: one schema for the YAML file, the API and the store. What it accepts is only the
// shape; what the parts say about each other is company-checks.ts.

/** Stands for a secret in an export; on apply it means "keep the one that is stored". */
export const KEPT_SECRET = "***";

/** Characters an entry's name may not have: C0, DEL and C1 controls. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

const name = z
  .string()
  .min(1, "A name has at least 1 character.")
  .max(100, "A name has at most 100 characters.")
  .refine((text) => !CONTROL.test(text), "A name has no control characters or line breaks.")
  .refine((text) => text.trim() === text, "A name has no spaces at its ends.");

const extension = z
  .string()
  .regex(/^[0-9]{2,8}$/, "An extension is 2 to 8 digits, written in quotes.")
  .refine(
    (digits) => !["112", "911", "999"].includes(digits),
    "This is an emergency number; it cannot be an extension.",
  );

const country = z
  .string()
  .refine(isCountry, 'A country is two capital letters of ISO 3166, for example "NL".');

const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'A time zone has an IANA name, for example "Europe/Amsterdam".');

function isTimeZone(text: string): boolean {
  try {
    // The language offers no other check: a name that it does not know throws.
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const cidr = z.string().superRefine((text, context) => {
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

const password = z
  .string()
  .max(128, "A password has at most 128 characters.")
  .refine((text) => text === KEPT_SECRET || text.length >= 8, "A password has at least 8 characters.")
  .refine((text) => !CONTROL.test(text), "A password has no control characters or line breaks.");

/** RFC 3261 §19.1: scheme, host, port and transport; nothing that could smuggle a user or a header. */
const SIP_HOST =
  /^sips?:(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::[0-9]{1,5})?(?:;transport=(?:udp|tcp|tls))?$/i;

const sipHost = z
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

const e164 = z
  .string()
  .regex(/^\+[1-9][0-9]{6,14}$/, 'A phone number is + and the country code, only digits: "+31501234567".');

/** See `MediaPolicy`. */
const media = z.enum(["auto", "passThrough", "anchored"]).default("auto");

const phone = strictObject({
  extension,
  /** Shown to the phone's user and to those it calls. */
  name,
  /** Absent or `***`: keep the stored one. */
  password: password.optional(),
  media,
});

const group = strictObject({
  extension,
  name,
  members: z.array(extension).min(1, "A group has at least 1 member.").max(60),
  strategy: z.enum(["all", "inOrder", "smart"]).default("all"),
});

/** A user part that we put into a URI of ours; escaped there, so it is only kept from being nonsense. */
function userPart(setting: string): z.ZodString {
  return z
    .string()
    .min(1, `${setting} has at least 1 character.`)
    .max(128, `${setting} has at most 128 characters.`)
    .regex(
      /^[^\s@"<>\u0000-\u001f\u007f-\u009f]*$/,
      `${setting} is the part before the @ of a SIP address, without spaces, quotes and brackets.`,
    );
}

const account = z
  .string()
  .min(1, "An account has at least 1 character.")
  .max(200, "An account has at most 200 characters.")
  .regex(
    /^[^\s@"<>\u0000-\u001f\u007f-\u009f]+(?:@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)?$/,
    'An account is the user of the registered address ("31501234567"), or all of it ("31501234567@provider.example").',
  );

const fromDomain = z
  .string()
  .max(253, "A domain has at most 253 characters.")
  .refine(
    (text) => isIpAddress(text) || /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text),
    'fromDomain is a name or an address without "sip:" and without a port, for example "provider.example".',
  );

/** Where the called number can stand, besides `header NAME`. */
const CALLED_NUMBER_PLACES = ["auto", "requestUri", "to", "pCalledPartyId", "diversion"];

/** Header fields that every request has, or that say something else: no called number ever stands there. */
const NEVER_CALLED =
  /^header (?:via|route|record-route|from|contact|call-id|cseq|max-forwards|expires|content-.*|allow.*|supported|require|authorization|proxy-.*|user-agent|server|date|privacy|p-asserted-identity|p-preferred-identity|remote-party-id|[fmcilkvs])$/i;

const calledNumberFrom = z.string().superRefine((text, context) => {
  if (CALLED_NUMBER_PLACES.includes(text)) return;
  const message = NEVER_CALLED.test(text)
    ? `${JSON.stringify(text.slice("header ".length))} never says who was called.`
    : `Write ${CALLED_NUMBER_PLACES.join(", ")}, or the name of a header field: "header X-Called".`;
  // RFC 3261 §25.1: token, and no more of it than anybody's header field has.
  if (NEVER_CALLED.test(text) || !/^header [\w.!%*+`'~-]{1,64}$/.test(text))
    context.addIssue({ code: "custom", message });
});

const trunk = strictObject({
  name,
  kind: z.enum(["peer", "registration"]),
  hosts: z.array(sipHost).min(1, "A trunk has at least 1 host.").max(16),
  acceptFrom: z.array(cidr).max(100).default([]),
  numberFormat: z.enum(["e164Plus", "e164", "national"]).default("e164Plus"),
  callerIdProfile: z
    .enum(["from", "pAssertedIdentity", "remotePartyId", "pPreferredIdentity"])
    .default("from"),
  /** User of the registered address; the user name of the credentials when left out. */
  account: account.optional(),
  outboundProxy: sipHost.optional(),
  fromUser: userPart("fromUser").optional(),
  fromDomain: fromDomain.optional(),
  contactUser: userPart("contactUser").optional(),
  /** Where an INVITE says who was called; `auto`, when left out: the first place with a number of ours. */
  calledNumberFrom: calledNumberFrom.optional(),
  /** All calls of this trunk take this plan. */
  plan: name.optional(),
  /** `;user=phone` beside numbers (RFC 3261 §19.1.1). */
  userPhone: z.boolean().optional(),
  /** A peer of which nothing was heard for so long is asked by OPTIONS whether it is there; 0: no OPTIONS at all. */
  probeSeconds: whole(
    0,
    3600,
    "probeSeconds is whole seconds, from 0 (no OPTIONS requests) to 3600.",
  ).optional(),
  /** The provider may be told who calls although the caller wants privacy (RFC 3325 trust domain). */
  trusted: z.boolean().default(false),
  media,
  credentials: strictObject({
    username: z
      .string()
      .min(1)
      .max(128)
      .refine(
        (text) => !CONTROL.test(text) && !text.includes('"'),
        "A user name has no quotes or line breaks.",
      ),
    password: password.optional(),
  }).optional(),
});

const audioMessage = strictObject({
  name,
  file: z.string().min(1).max(500).optional(),
  text: z.string().min(1).max(2000).optional(),
  language: z
    .string()
    .regex(/^[a-z]{2}(-[A-Z]{2})?$/, 'A language is two letters, for example "en".')
    .optional(),
}).refine((message) => (message.file === undefined) !== (message.text === undefined), {
  error: "An audio message has either a file or a text.",
});

/** A whole number in a range, and the one sentence for whatever else is there. */
function whole(min: number, max: number, sentence: string): z.ZodNumber {
  return z.number(sentence).int(sentence).min(min, sentence).max(max, sentence);
}

const ivr = strictObject({
  timeoutSeconds: whole(1, 60, "The time to enter a code is whole seconds, from 1 to 60.").default(10),
  attempts: whole(1, 10, "The number of attempts is a whole number from 1 to 10.").default(3),
  /** Digits of the code, where that is fixed: the last one completes it. */
  codeLength: whole(
    1,
    MAX_CODE_DIGITS,
    `The length of a code is a whole number of digits, from 1 to ${MAX_CODE_DIGITS}.`,
  ).optional(),
  startMessage: name.optional(),
  incorrectMessage: name.optional(),
  timeoutMessage: name.optional(),
});

const webhook = strictObject({
  name,
  description: z.string().max(1000).default(""),
  callerIdForwarding: z.enum(["caller", "called", "suppressed"]).default("caller"),
  urlTemplate: z.string().min(1).max(2000, "A URL template has at most 2,000 characters."),
  /** Whole deadline of a request (webhook.md: 5 s, 1 to 15). */
  timeoutSeconds: z.int().min(1).max(15).default(5),
  /** False: a redirect is a failure, which the Standard Webhooks advise. */
  followRedirects: z.boolean().default(true),
  ivr: ivr.optional(),
});

/** See `OutsideCallLimits`. */
const outsideCalls = strictObject({
  perPhone: whole(
    1,
    MOST_OUTSIDE_CALLS,
    `The outside calls that one phone may have at once are a whole number from 1 to ${MOST_OUTSIDE_CALLS}.`,
  ).default(DEFAULT_OUTSIDE_CALL_LIMITS.perPhone),
  perCompany: whole(
    1,
    MOST_OUTSIDE_CALLS,
    `The outside calls that the company may have at once are a whole number from 1 to ${MOST_OUTSIDE_CALLS}.`,
  ).default(DEFAULT_OUTSIDE_CALL_LIMITS.perCompany),
  newPerMinute: whole(
    1,
    MOST_NEW_OUTSIDE_CALLS,
    `The outside calls that may begin in a minute are a whole number from 1 to ${MOST_NEW_OUTSIDE_CALLS}.`,
  ).default(DEFAULT_OUTSIDE_CALL_LIMITS.newPerMinute),
});

const phoneNumber = strictObject({
  number: e164,
  /** Absent: calls are refused with 404 and the reason. */
  plan: name.optional(),
});

/** The whole company, every default filled in. */
export const companySchema = strictObject({
  version: z.literal(1, "This release reads version 1 of the company file."),
  home: strictObject({ country, timeZone }),
  security: strictObject({
    webhookAllowedNetworks: z.array(cidr).max(100).default([]),
    dialCountries: z.array(country).max(300).default([]),
    outsideCalls: outsideCalls.prefault({}),
  }).prefault({}),
  phones: z.array(phone).max(10_000).default([]),
  groups: z.array(group).max(1000).default([]),
  trunks: z.array(trunk).max(200).default([]),
  outbound: strictObject({ trunk: name }).optional(),
  audioMessages: z.array(audioMessage).max(1000).default([]),
  webhooks: z.array(webhook).max(1000).default([]),
  plans: z.array(planDocument).max(1000).default([]),
  numbers: z.array(phoneNumber).max(10_000).default([]),
});

/** A company document that has the right shape. */
export type Company = z.output<typeof companySchema>;
