import type { NumberFormat } from "../dialplan/number.ts";
import type { Plan } from "../dialplan/plan.ts";
import type { OutsideCallLimits } from "./outside-call-limits.ts";
import type { Webhook } from "./webhook.ts";

/**
 * How a party's sound goes: past us (`passThrough`), through us (`anchored`), or as the call needs it (`auto`: through us
 * where something is played to a party, or where its SDP names an address that its signalling does not come from).
 */
export type MediaPolicy = "auto" | "passThrough" | "anchored";

/** A message to be played: raw samples in files `path` + `.alaw`, `.ulaw`, `.g722`, `.wav`. */
export interface AudioMessage {
  readonly name: string;
  readonly path: string;
  readonly durationMs: number;
}

export interface Ha1 {
  readonly md5: string;
  readonly sha256: string;
}

/** A SIP account. Its password never leaves the store in clear; the call path has the digest hashes. */
export interface Phone {
  readonly extension: string;
  readonly name: string;
  /** HA1 by algorithm (RFC 7616 §3.4.2), over the installation's realm; lower-case hex. */
  readonly ha1: Ha1;
  /** The same for a phone whose user name is `extension@realm`: it hashes the name as it sends it. */
  readonly ha1WithDomain: Ha1;
  readonly media: MediaPolicy;
}

/** Phones that ring for one number. */
export interface Group {
  readonly extension: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly strategy: "all" | "inOrder" | "smart";
}

/** How a trunk is told who calls: From, or our own number or account in From with the caller in one of three headers. */
export type CallerIdProfile = "from" | "pAssertedIdentity" | "remotePartyId" | "pPreferredIdentity";

/** A way to and from the outside. */
export interface Trunk {
  readonly name: string;
  readonly kind: "peer" | "registration";
  /** SIP URIs tried in this order, each resolved by RFC 3263. */
  readonly hosts: readonly string[];
  /** CIDRs whose requests come from this trunk. */
  readonly acceptFrom: readonly string[];
  readonly numberFormat: NumberFormat;
  readonly callerIdProfile: CallerIdProfile;
  /** The trunk may be told who calls although the caller wants privacy (RFC 3325 trust domain). */
  readonly trusted: boolean;
  readonly media: MediaPolicy;
  /** User of the registered address, or the whole of it with its domain; absent: the user name of the credentials. */
  readonly account?: string | undefined;
  /** Requests go there, whatever host their Request-URI names (RFC 3261 §8.1.2). */
  readonly outboundProxy?: string | undefined;
  /** User and domain of From; `identityAt` says what stands there without them. */
  readonly fromUser?: string | undefined;
  readonly fromDomain?: string | undefined;
  /** Contact of our INVITEs; absent: the registered one, where there is one. */
  readonly contactUser?: string | undefined;
  /** Where an INVITE says who was called (`calledByTrunk`); absent: `auto`. */
  readonly calledNumberFrom?: string | undefined;
  /** All calls from this trunk take this plan, whoever was called. */
  readonly plan?: string | undefined;
  /** `user=phone` in the URIs of numbers (RFC 3261 §19.1.1). */
  readonly userPhone?: boolean | undefined;
  /** A peer of which nothing was heard for so long is asked by OPTIONS; absent: 50 s. 0: no OPTIONS to this trunk. */
  readonly probeSeconds?: number | undefined;
  /** For digest challenges of the provider, and for kind "registration". */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
}

export interface PhoneNumber {
  /** `+E.164`. */
  readonly number: string;
  /** Absent: calls are refused with 404 and the reason. */
  readonly plan: string | undefined;
}

/**
 * The whole configuration as the call path sees it, checked and compiled before it gets here. It never changes: what is
 * published makes another one of it (`applyChange`), and a call keeps the snapshot it started with.
 */
export interface Snapshot {
  /** Grows by one with each published configuration. */
  readonly version: number;
  readonly home: { readonly country: string; readonly timeZone: string };
  /** Digest realm and the domain of phones' addresses of record. */
  readonly realm: string;
  readonly security: {
    /** CIDRs in loopback and private ranges that webhooks may reach. */
    readonly webhookAllowedNetworks: readonly string[];
    /** ISO 3166 codes that calls and webhook replies may dial. */
    readonly dialCountries: readonly string[];
    readonly outsideCalls: OutsideCallLimits;
  };
  readonly phones: ReadonlyMap<string, Phone>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly trunks: readonly Trunk[];
  readonly outboundTrunk: string | undefined;
  /** The first number of the company, for who has none of their own; undefined: it has none. */
  readonly ownNumber: string | undefined;
  readonly webhooks: ReadonlyMap<string, Webhook>;
  /** By name, those that come with the product included. */
  readonly audioMessages: ReadonlyMap<string, AudioMessage>;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly numbers: ReadonlyMap<string, PhoneNumber>;
}
