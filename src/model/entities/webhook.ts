import { z } from "zod";
import { MAX_CODE_DIGITS } from "../../dialplan/command.ts";
import { field, SHOWN_NUMBERS } from "../../dialplan/field.ts";
import { parseTemplate, type UrlTemplate, usesCode } from "../../dialplan/template.ts";
import { slipSentence } from "../../dialplan/template-slips.ts";
import { maskUrl, replaceLiterals, urlLiterals, urlSecrets, urlTarget } from "../../dialplan/url-secrets.ts";
import { MASK } from "../../lib/masker.ts";
import { directoryWebhook } from "../directory-webhook.ts";
import { addressScope, isIpAddress, networkHolds } from "../network.ts";
import { strictObject } from "../strict-object.ts";
import type { Webhook } from "../webhook.ts";
import { name, whole } from "./fields.ts";
import {
  type EntityKind,
  KEPT_SECRET,
  type Keep,
  type ListPlace,
  problem,
  seenByName,
  warning,
} from "./kind.ts";

const ivr = strictObject({
  timeoutSeconds: field(
    whole(1, 60, "The time to enter a code is whole seconds, from 1 to 60.").default(10),
    { label: "Timeout", help: "Time to type the code.", unit: "seconds" },
  ),
  attempts: field(whole(1, 10, "The number of attempts is a whole number from 1 to 10.").default(3), {
    label: "Attempts",
    help: "How often the caller may try.",
  }),
  codeLength: field(
    whole(
      1,
      MAX_CODE_DIGITS,
      `The length of a code is a whole number of digits, from 1 to ${MAX_CODE_DIGITS}.`,
    ).optional(),
    {
      label: "Code length",
      help: "Where it is fixed: the last digit completes the code. Left out: # or a pause does.",
      unit: "digits",
      example: "4",
    },
  ),
  startMessage: field(name.optional(), {
    label: "Start message",
    help: "Played when the caller gets here; a key stops it.",
    names: "audioMessage",
    example: "en/enter-code",
  }),
  incorrectMessage: field(name.optional(), {
    label: "Incorrect message",
    help: "Played when the webhook says NAK.",
    names: "audioMessage",
    example: "en/wrong-code",
  }),
  timeoutMessage: field(name.optional(), {
    label: "Timeout message",
    help: "Played when no digit came in time.",
    names: "audioMessage",
    example: "en/no-code",
  }),
});

const schema = strictObject({
  name: field(name, { label: "Name", help: "You choose it by this name in the dial plan.", example: "CRM" }),
  description: field(z.string().max(1000).default(""), {
    label: "Description",
    help: "For yourself; it changes nothing.",
    as: "multiline",
  }),
  callerIdForwarding: field(z.enum(["caller", "called", "suppressed"]).default("caller"), {
    label: "Caller ID forwarding",
    help: "Which number the phone that rings shows.",
    choices: SHOWN_NUMBERS,
  }),
  urlTemplate: field(z.string().trim().min(1).max(2000, "A URL template has at most 2,000 characters."), {
    label: "URL template",
    help: "The address we ask while the call waits. Click a word to put it in.",
    as: "urlTemplate",
    example: "https://crm.example/route?did={did}&callerid={callerid}",
  }),
  // Whole deadline of a request (webhook.md: 5 s, 1 to 15).
  timeoutSeconds: field(z.int().min(1).max(15).default(5), {
    label: "Time-out",
    help: "How long a request may take in all, name look-up, redirects and reply included.",
    unit: "seconds",
  }),
  // The Standard Webhooks advise false.
  followRedirects: field(z.boolean().default(true), {
    label: "Follow redirects",
    help: "At most three. Switched off, a redirect is a failure.",
  }),
  // Optional, as documents of before have neither.
  method: field(z.enum(["GET", "POST"]).optional(), {
    label: "Method",
    help: "Left out, it is GET. POST sends code, did, callerid, callername and callid as a form body, and so keeps a code out of the receiver's access log.",
    choices: { GET: "GET: in the URL", POST: "POST: as a form" },
    example: "POST",
  }),
  ignoreAnswer: field(z.boolean().optional(), {
    label: "Ignore the answer",
    help: "The call goes on at once and counts as successful, whatever the receiver says: for services that answer before they run, such as Zapier, Make and n8n.",
    example: "true",
  }),
  ivr: field(ivr.optional(), {
    label: "Use IVR",
    help: "The caller must type a digit code before we ask. The call is answered for it.",
  }),
});

/** A webhook as it is written. */
export type WebhookDocument = z.output<typeof schema>;

const MESSAGES = ["startMessage", "incorrectMessage", "timeoutMessage"] as const;

export const webhook: EntityKind<"webhook", WebhookDocument, ListPlace<"webhooks">> = {
  kind: "webhook",
  noun: "webhook",
  place: { type: "list", key: "webhooks", most: 2000 },
  schema,
  key: (document) => document.name,
  keyField: "name",
  keySpace: "Webhook",
  builtIn: [],
  references: (document) =>
    MESSAGES.flatMap((key) => {
      const message = document.ivr?.[key];
      return message === undefined ? [] : [{ kind: "audioMessage", key: message, path: ["ivr", key] }];
    }),
  seen: seenByName,
  check(document, { webhookNetworks }) {
    const path = ["urlTemplate"];
    const template = parseTemplate(document.urlTemplate);
    if (!template.ok) return template.error.map(({ message }) => problem(path, "badTemplate", message));
    const sentences = [
      ...template.value.slips.map(slipSentence),
      ...templateWarnings(document, template.value),
    ];
    return [
      ...sentences.map((sentence) => warning(path, "oddTemplate", sentence)),
      ...laterFailures(document, webhookNetworks),
    ];
  },
  secrets: {
    values: (document) => urlSecrets(document.urlTemplate),
    masked: (document, mask) => ({
      ...document,
      description: mask(document.description),
      urlTemplate: maskUrl(document.urlTemplate, KEPT_SECRET),
    }),
    kept: (document, stored, keep) => ({
      ...document,
      description: keptDescription(document.description, stored?.description, keep),
      urlTemplate: keptUrl(document.urlTemplate, stored?.urlTemplate ?? "", keep),
    }),
    // A URL may carry a key of the receiver, as a password or in its query; so it is a secret as a whole. So is what
    // somebody writes about it: behind the URL, which has no line end, and from there on. Older rows have the URL alone.
    split: ({ urlTemplate, description, ...rest }) => [
      { ...rest, urlTemplate: "", description: "" },
      description === "" ? urlTemplate : `${urlTemplate}\n${description}`,
    ],
    join(rest, secret) {
      // Older rows may begin with a line end: it is none between URL and description, which would change places.
      const whole = secret.trimStart();
      const end = whole.indexOf("\n");
      if (end < 0) return { ...rest, urlTemplate: whole };
      return { ...rest, urlTemplate: whole.slice(0, end), description: whole.slice(end + 1) };
    },
  },
  project: {
    part: "webhooks",
    entry: (document) => ({ part: "webhooks", key: document.name, value: compiledWebhook(document) }),
  },
};

/** A webhook as calls see it. */
export function compiledWebhook(document: WebhookDocument): Webhook {
  const {
    name: own,
    description,
    urlTemplate,
    timeoutSeconds,
    followRedirects,
    method,
    ignoreAnswer,
  } = document;
  const shown = { name: own, description, urlTemplate, timeoutMs: timeoutSeconds * 1000, followRedirects };
  return { ...shown, method, ignoreAnswer, ...directoryWebhook(document) };
}

/** What is right by itself, and will fail when a call comes. */
function laterFailures(
  { urlTemplate, ivr }: WebhookDocument,
  allowed: readonly string[],
): readonly ReturnType<typeof warning>[] {
  const found: ReturnType<typeof warning>[] = [];
  const address = literalAddress(urlTemplate);
  const scope = address === undefined ? undefined : addressScope(address);
  const isAllowed = address !== undefined && allowed.some((cidr) => networkHolds(cidr, address));
  if (address !== undefined && scope !== undefined && scope !== "public" && !isAllowed) {
    const where = scope === "loopback" ? "this machine itself" : "a private network";
    const net = address.includes(":") ? `${address}/128` : `${address}/32`;
    const text = `No request will get through: ${address} is ${where}, which security.webhookAllowedNetworks does not list; add "${net}" or its network there.`;
    found.push(warning(["urlTemplate"], "addressNotAllowed", text));
  }
  if (ivr !== undefined && ivr.startMessage === undefined) {
    const text =
      "Callers are to type a code and hear nothing that asks for it: give it a startMessage, such as en/enter-code.";
    found.push(warning(["ivr"], "noStartMessage", text));
  }
  return found;
}

/** The address that a URL names as such; undefined: a name, whose address nobody knows yet, or our own practice receiver. */
function literalAddress(urlTemplate: string): string | undefined {
  const [, host = "", path = ""] =
    /^https?:\/\/(?:[^/?#@]*@)?(\[[\da-f:.]+\]|[^/?#:[\]]+)(?::\d+)?(\/[^?#]*)?/i.exec(urlTemplate.trim()) ??
    [];
  if (path.startsWith("/practice/")) return undefined;
  const plain = host.startsWith("[")
    ? host.slice(1, -1)
    : host.toLowerCase() === "localhost"
      ? "127.0.0.1"
      : host;
  return isIpAddress(plain) ? plain : undefined;
}

/** What is worth a thought about a template that is well made: what it makes of the code, above all. */
export function templateWarnings(document: WebhookDocument, template: UrlTemplate): readonly string[] {
  const { warnings } = template;
  if (document.ivr !== undefined && document.ignoreAnswer === true) {
    return [
      ...(usesCode(template) ? warnings : []),
      "Every code is taken for right: callers are asked for one (ivr), and the answer is ignored (ignoreAnswer).",
    ];
  }
  if (document.ivr === undefined && usesCode(template)) {
    // That digits end up in a log is no worry where there are none.
    return ["{code} is always empty here: callers are asked for a code only where the webhook has ivr."];
  }
  if (document.ivr === undefined || usesCode(template) || document.method === "POST") return warnings;
  return [
    ...warnings,
    "Callers are asked for a code (ivr), but the URL has no {code}: the receiver cannot tell a right one from a wrong one.",
  ];
}

/** A secret is for the host that it was written for: another one must not be sent it by somebody who cannot read it (docs/adr/0081). */
function keptUrl(given: string, stored: string, keep: Keep): string {
  const isSameTarget = [stored, stored.replace(/^(\s*)http:/i, "$1https:")].some(
    (one) => urlTarget(one) === urlTarget(given),
  );
  const kept = new Map(isSameTarget ? urlLiterals(stored).map(({ place, text }) => [place, text]) : []);
  return replaceLiterals(given, ({ text, place }) =>
    text === KEPT_SECRET ? keep.secret(KEPT_SECRET, kept.get(place), ["urlTemplate"]) : undefined,
  );
}

/** What an export made of the stored description is that description. */
function keptDescription(given: string, stored: string | undefined, keep: Keep): string {
  return stored !== undefined && given.includes(MASK) && given === keep.mask(stored) ? stored : given;
}
