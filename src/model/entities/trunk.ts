import { z } from "zod";
import { field } from "../../dialplan/field.ts";
import { isIpAddress } from "../network.ts";
import type { Problem } from "../problem.ts";
import { strictObject } from "../strict-object.ts";
import { CONTROL, cidr, mediaField, name, password, sipHost, whole } from "./fields.ts";
import {
  type EntityKind,
  KEPT_SECRET,
  type ListPlace,
  problem,
  seenByName,
  storedPassword,
  warning,
} from "./kind.ts";

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

const schema = strictObject({
  name: field(name, { label: "Name", help: "What the trunk is called.", example: "provider" }),
  kind: field(z.enum(["peer", "registration"]), {
    label: "Kind",
    help: "A peer is known by its addresses; a registration logs in at the provider.",
    choices: { peer: "Peer (fixed addresses)", registration: "Registration (we log in)" },
    example: "peer",
  }),
  hosts: field(z.array(sipHost).min(1, "A trunk has at least 1 host.").max(16), {
    label: "Hosts",
    help: "Where calls go: SIP addresses without a user, tried in this order.",
    example: '["sip:sip.provider.example"]',
  }),
  acceptFrom: field(z.array(cidr).max(100).default([]), {
    label: "Accept calls from",
    help: "Networks whose calls come from this trunk, without a password.",
    example: '["198.51.100.0/24"]',
  }),
  numberFormat: field(z.enum(["e164Plus", "e164", "national"]).default("e164Plus"), {
    label: "Number format",
    help: "How the trunk writes numbers.",
    choices: { e164Plus: "+31501234567", e164: "31501234567", national: "0501234567 (national)" },
  }),
  callerIdProfile: field(
    z.enum(["from", "pAssertedIdentity", "remotePartyId", "pPreferredIdentity"]).default("from"),
    {
      label: "Caller ID",
      help: "Where the trunk is told who calls.",
      choices: {
        from: "From",
        pAssertedIdentity: "P-Asserted-Identity",
        remotePartyId: "Remote-Party-ID",
        pPreferredIdentity: "P-Preferred-Identity",
      },
    },
  ),
  account: field(account.optional(), {
    label: "Account",
    help: "User of the registered address, or the whole of it; left out: the user name of the credentials.",
    example: "31501234567",
  }),
  outboundProxy: field(sipHost.optional(), {
    label: "Outbound proxy",
    help: "All requests go there, whatever host they name.",
    example: "sip:proxy.provider.example",
  }),
  fromUser: field(userPart("fromUser").optional(), {
    label: "User in From",
    help: "What stands before the @ of our own address.",
    example: "31501234567",
  }),
  fromDomain: field(fromDomain.optional(), {
    label: "Domain in From",
    help: "What stands after the @ of our own address.",
    example: "provider.example",
  }),
  contactUser: field(userPart("contactUser").optional(), {
    label: "User in Contact",
    help: "What stands before the @ of the address at which we want to be called back.",
    example: "31501234567",
  }),
  calledNumberFrom: field(calledNumberFrom.optional(), {
    label: "Called number from",
    help: "Where an INVITE says who was called: auto (the first place with a number of ours), requestUri, to, pCalledPartyId, diversion, or a header field's name behind `header`.",
    example: "auto",
  }),
  plan: field(name.optional(), {
    label: "Dial plan of its own",
    help: "All calls of this trunk take this plan, whoever was called.",
    names: "plan",
    example: "main",
  }),
  userPhone: field(z.boolean().optional(), {
    label: "Write user=phone",
    help: "Beside numbers in SIP addresses (RFC 3261 §19.1.1).",
  }),
  probeSeconds: field(
    whole(0, 3600, "probeSeconds is whole seconds, from 0 (no OPTIONS requests) to 3600.").optional(),
    {
      label: "Probe after",
      help: "A peer of which nothing was heard for so long is asked by OPTIONS whether it is there; 0: never. Left out: 50.",
      unit: "seconds",
      example: "50",
    },
  ),
  trusted: field(z.boolean().default(false), {
    label: "Trusted",
    help: "The provider's word about callers counts, and it may be told who calls although the caller wants privacy (RFC 3325).",
  }),
  media: mediaField,
  credentials: field(
    strictObject({
      username: field(
        z
          .string()
          .min(1)
          .max(128)
          .refine(
            (text) => !CONTROL.test(text) && !text.includes('"'),
            "A user name has no quotes or line breaks.",
          ),
        { label: "User name", help: "As the provider gave it.", example: "31501234567" },
      ),
      password: field(password.optional(), {
        label: "Password",
        help: "Left out or `***`: the stored one is kept.",
        as: "secret",
        example: "correct-horse-battery",
      }),
    }).optional(),
    { label: "Credentials", help: "For a trunk that registers, and where a provider asks for a password." },
  ),
});

/** A way to and from the outside, as it is written. */
export type TrunkDocument = z.output<typeof schema>;

export const trunk: EntityKind<"trunk", TrunkDocument, ListPlace<"trunks">> = {
  kind: "trunk",
  noun: "trunk",
  place: { type: "list", key: "trunks", most: 200 },
  schema,
  key: (document) => document.name,
  keyField: "name",
  keySpace: "Trunk",
  builtIn: [],
  references: ({ plan }) => (plan === undefined ? [] : [{ kind: "plan", key: plan, path: ["plan"] }]),
  seen: seenByName,
  check,
  secrets: {
    values: ({ credentials }) => (credentials?.password === undefined ? [] : [credentials.password]),
    masked: (document) => withPassword(document, KEPT_SECRET),
    kept: (document, stored, keep) =>
      document.credentials === undefined
        ? document
        : withPassword(
            document,
            keep.secret(document.credentials.password, stored?.credentials?.password, [
              "credentials",
              "password",
            ]),
          ),
    split(document) {
      if (document.credentials === undefined) return [document, undefined];
      const { password: secret, ...credentials } = document.credentials;
      return [{ ...document, credentials }, secret];
    },
    join: withPassword,
  },
  project: {
    whole: (documents) => ({
      trunks: documents.map((document) => {
        const { credentials } = document;
        if (credentials === undefined) return { ...document, credentials: undefined };
        const secret = storedPassword(credentials.password, `trunk "${document.name}"`);
        return { ...document, credentials: { username: credentials.username, password: secret } };
      }),
    }),
  },
};

function withPassword(document: TrunkDocument, secret: string | undefined): TrunkDocument {
  if (document.credentials === undefined) return document;
  return { ...document, credentials: { ...document.credentials, password: secret } };
}

function check(document: TrunkDocument): readonly Problem[] {
  const problems: Problem[] = [];
  if (document.kind === "peer" && document.account !== undefined) {
    const text =
      "Only a trunk of kind registration has an account; this one is a peer, so it counts for nothing.";
    problems.push(warning(["account"], "accountOfPeer", text));
  }
  if (document.kind === "registration" && document.credentials === undefined)
    problems.push(
      problem([], "noCredentials", "A trunk that registers needs credentials: { username, password }."),
    );
  if (document.kind === "peer" && document.acceptFrom.length === 0) {
    const text = "No calls come in over this trunk: acceptFrom does not list any network of the provider.";
    problems.push(warning([], "noCallsIn", text));
  }
  for (const [at, network] of document.acceptFrom.entries())
    if (network.endsWith("/0")) {
      const text = `Whoever sends us a call from ${network.includes(":") ? "an IPv6" : "an IPv4"} address is taken for this trunk, without a password. List the networks of the provider.`;
      problems.push(warning(["acceptFrom", at], "everybodyIsTrunk", text));
    }
  const { hosts, outboundProxy } = document;
  for (const [at, host] of hosts.entries())
    if (isSips(host) && /;transport=udp$/i.test(host)) {
      const text =
        "No call goes out to this host: sips: allows TLS only, and ;transport=udp says UDP. Leave the transport out, or write sip:.";
      problems.push(warning(["hosts", at], "noWayOverTls", text));
    }
  if (outboundProxy !== undefined && hosts.length > 0 && hosts.every(isSips) && !isOverTls(outboundProxy)) {
    const text =
      "No call goes out over this trunk: its hosts are sips: addresses, which allow TLS only, and its outbound proxy is reached without. Write the proxy as sips: or with ;transport=tls, or the hosts as sip:.";
    problems.push(warning(["outboundProxy"], "noWayOverTls", text));
  }
  return problems;
}

function isSips(uri: string): boolean {
  return /^sips:/i.test(uri);
}

/** RFC 3263 §4.1: a sip URI leads to TLS only where it says so. */
function isOverTls(uri: string): boolean {
  return isSips(uri) || /;transport=tls(?:;|$)/i.test(uri);
}
