import { accountUri, identityAt, numberUri } from "../board/trunk-identity.ts";
import { type CallFacts, callerText } from "../dialplan/call-facts.ts";
import type { CallerIdForwarding } from "../dialplan/command.ts";
import type { Trunk } from "../model/snapshot.ts";
import { encodeUser, formatNameAddr, type HeaderList } from "../sip/index.ts";
import { type Diversions, diversionHeaders } from "./diversion.ts";

/** How a leg announces who calls. */
export interface CallerId {
  /** From, as a name-addr without tag. */
  readonly from: string;
  readonly headers: HeaderList;
  /** For the story: what the called party sees. */
  readonly shownName: string;
  readonly shownNumber: string;
}

export interface CallerIdInput {
  readonly facts: CallFacts;
  /** One of our phones calls; one that hides is "anonymous" in the facts. */
  readonly fromInside: boolean;
  readonly forwarding: CallerIdForwarding;
  /** Current name, already clean; empty: none. */
  readonly name: string;
  /** Our own domain, where the other side has no domain for us. */
  readonly domain: string;
  /** A number of the installation's own, for callers that have none a trunk could show. */
  readonly ownNumber: string;
  readonly country: string;
  /** Where the call has been before it came to us. */
  readonly diversions: Diversions;
}

const IS_NUMBER = /^\+[1-9]\d{6,14}$/;
const ANONYMOUS_URI = "sip:anonymous@anonymous.invalid";

/** Towards one of our own phones: name and number in From and P-Asserted-Identity (RFC 3325 §9.1). */
export function callerIdForPhone(input: CallerIdInput): CallerId {
  if (input.forwarding === "suppressed") return suppressed([]);
  const number = input.forwarding === "called" ? input.facts.did : callerText(input.facts.caller);
  if (number === "") {
    // The caller hides the number, or there is none; a name that a webhook found may still be shown.
    const name = input.name === "" ? "Anonymous" : input.name;
    return { ...suppressed([]), from: formatNameAddr(name, ANONYMOUS_URI), shownName: name };
  }
  const identity = formatNameAddr(
    input.name === "" ? undefined : input.name,
    `sip:${encodeUser(number)}@${input.domain}`,
  );
  return {
    from: identity,
    headers: [["P-Asserted-Identity", identity]],
    shownName: input.name,
    shownNumber: number,
  };
}

/** Towards a trunk: numbers in its format, identity in its profile (sip.md pitfall 20). */
export function callerIdForTrunk(input: CallerIdInput, trunk: Trunk): CallerId {
  const { facts, forwarding, fromInside } = input;
  const us = identityAt(trunk, input.domain);
  const uri = (number: string): string => numberUri(number, trunk, us.domain, input.country);
  // What was called is no number of ours where a trunk's plan takes whatever comes.
  const did = IS_NUMBER.test(facts.did) ? facts.did : "";
  // A call from outside that leaves again was diverted by the number that was called (RFC 5806).
  const diversion = fromInside || did === "" ? [] : diversionHeaders(did, input.diversions, uri);
  const own = fromInside || did === "" ? input.ownNumber : did;
  const caller = facts.caller.kind === "external" ? facts.caller.number : own;
  const anonymous = facts.caller.kind === "anonymous";
  // The number called stands for a caller from outside; of a phone it would be the number that it wants hidden.
  if (forwarding === "suppressed" || (anonymous && (fromInside || forwarding !== "called"))) {
    // RFC 3325 §7: the true number only to a trunk inside the trust domain.
    const truth = anonymous ? own : caller;
    const asserted =
      trunk.trusted && truth !== ""
        ? identityHeader(trunk, formatNameAddr(undefined, uri(truth)), "full")
        : [];
    return suppressed([...asserted, ...diversion]);
  }
  // Whoever called it: a phone that calls one of our numbers shows that one, as the form says.
  const shown = forwarding === "called" ? did || own : caller;
  const name = input.name === "" ? undefined : input.name;
  if (shown === "" && us.user === undefined) return suppressed(diversion);
  const account = us.user === undefined ? "" : accountUri(us.user, trunk, us.domain);
  // An outside caller's number has no other place than From in this profile, unless From is to be the same always. Nor has
  // any number where From would name nobody.
  const isOurs = forwarding === "called" || fromInside || own === "";
  const inFrom = trunk.callerIdProfile === "from" || (us.user === undefined && isOurs);
  if (inFrom || shown === "") {
    const asAccount = account !== "" && (us.always || fromInside || shown === "");
    return {
      from: formatNameAddr(name, asAccount ? account : uri(shown)),
      headers: diversion,
      shownName: input.name,
      shownNumber: asAccount ? (us.user ?? "") : shown,
    };
  }
  return {
    from: formatNameAddr(undefined, account === "" ? uri(own) : account),
    headers: [...identityHeader(trunk, formatNameAddr(name, uri(shown)), "off"), ...diversion],
    shownName: input.name,
    shownNumber: shown,
  };
}

function suppressed(headers: HeaderList): CallerId {
  return {
    from: formatNameAddr("Anonymous", ANONYMOUS_URI),
    headers: [["Privacy", "id"], ...headers],
    shownName: "Anonymous",
    shownNumber: "",
  };
}

function identityHeader(trunk: Trunk, identity: string, privacy: "full" | "off"): HeaderList {
  if (trunk.callerIdProfile === "remotePartyId") {
    // draft-ietf-sip-privacy-04: never an RFC, still what some gear reads.
    return [["Remote-Party-ID", `${identity};party=calling;privacy=${privacy};screen=yes`]];
  }
  // RFC 3325 §9.2: what a user agent would like to be asserted, for providers that we are no trusted part of.
  return [
    [
      trunk.callerIdProfile === "pPreferredIdentity" ? "P-Preferred-Identity" : "P-Asserted-Identity",
      identity,
    ],
  ];
}
