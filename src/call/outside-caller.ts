import type { Caller } from "../dialplan/call-facts.ts";
import { cleanDisplayName, type DisplayName, NO_NAME } from "../lib/display-name.ts";
import { flat } from "../lib/flat.ts";
import type { Trunk } from "../model/snapshot.ts";
import { type NameAddr, parseNameAddr, type SipRequest, userOf } from "../sip/index.ts";
import { asksForPrivacy } from "./privacy.ts";
import { numberOf } from "./telephone.ts";

/** Who calls, as far as whoever brings the call may say so. */
export interface OutsideCaller {
  readonly caller: Caller;
  readonly name: DisplayName;
}

const HIDDEN: OutsideCaller = { caller: { kind: "anonymous" }, name: NO_NAME };

/** User parts and names of those who hide (RFC 3323 §4.1.1.3 and what gateways write). */
const HIDES: ReadonlySet<string> = new Set(["anonymous", "restricted", "private", "withheld"]);
/** Of those whom nobody could name: they hide nothing, and a name beside it is theirs. */
const UNKNOWN: ReadonlySet<string> = new Set(["unavailable", "unknown"]);

/** More values of one header field are not read. */
const MAX_READ = 4;

/**
 * Reads who calls through a trunk. What a trusted trunk asserts comes first (P-Asserted-Identity, RFC 3325 §9.1: one sip
 * and one tel value; Remote-Party-ID, its forerunner), then From. The first that is a phone number counts, else the first
 * that says anything at all. A caller who asks for privacy is anonymous (RFC 3323), as is a form that hides. What is no phone
 * number: docs/adr/0042.
 */
export function readOutsideCaller(request: SipRequest, trunk: Trunk, country: string): OutsideCaller {
  if (asksForPrivacy(request)) return HIDDEN;
  const claims = trunk.trusted ? asserted(request) : [request.from];
  for (const claim of claims) {
    const number = numberOf(claim.uri, country, trunk.numberFormat);
    if (number.ok) {
      return { caller: { kind: "external", number: flat(number.value) }, name: nameOf(claim, claims) };
    }
  }
  for (const claim of claims) {
    const id = idOf(claim);
    if (id !== "") return { caller: { kind: "other", id: flat(id) }, name: nameOf(claim, claims) };
  }
  if (claims.some(hides)) return HIDDEN;
  const [first] = claims;
  return first === undefined ? HIDDEN : { caller: { kind: "anonymous" }, name: nameOf(first, claims) };
}

/** What a trusted trunk says, the strongest first and From last. */
function asserted(request: SipRequest): readonly NameAddr[] {
  const claims: NameAddr[] = [];
  for (const value of request.headers.list("p-asserted-identity").slice(0, MAX_READ)) {
    const read = parseNameAddr(value);
    if (read.ok) claims.push(read.value);
  }
  for (const value of request.headers.list("remote-party-id").slice(0, MAX_READ)) {
    const read = parseNameAddr(value);
    // draft-ietf-sip-privacy-04 §5: without a party it is the calling one.
    const party = read.ok ? (read.value.params.get("party") ?? "calling") : "";
    if (read.ok && party.toLowerCase() === "calling") claims.push(read.value);
  }
  claims.push(request.from);
  return claims;
}

/** The user part as it is, fit to be shown; empty where there is none or it means nobody. */
function idOf(claim: NameAddr): DisplayName {
  const id = cleanDisplayName(userOf(claim.uri));
  const word = id.toLowerCase();
  return HIDES.has(word) || UNKNOWN.has(word) || nowhere(claim) ? NO_NAME : id;
}

function hides(claim: NameAddr): boolean {
  return HIDES.has(userOf(claim.uri).toLowerCase()) || hostOf(claim).startsWith("anonymous.");
}

/** `anonymous.invalid` (RFC 3323 §4.1.1.3), `unknown.invalid` (3GPP TS 29.163): nobody can be called there. */
function nowhere(claim: NameAddr): boolean {
  return hostOf(claim).endsWith(".invalid");
}

function hostOf({ uri }: NameAddr): string {
  return "host" in uri ? uri.host : "";
}

/** The name that stands beside the number, or else beside another value for the same caller. */
function nameOf(claim: NameAddr, claims: readonly NameAddr[]): DisplayName {
  const name = cleanDisplayName(claim.displayName ?? "");
  const found =
    name === "" && claims.length > 1
      ? (claims.map(({ displayName }) => cleanDisplayName(displayName ?? "")).find((one) => one !== "") ??
        NO_NAME)
      : name;
  return isNoName(found) ? NO_NAME : found;
}

function isNoName(name: string): boolean {
  const word = name.toLowerCase();
  return HIDES.has(word) || UNKNOWN.has(word);
}
