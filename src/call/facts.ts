import { type Called, type CallFacts, callerText } from "../dialplan/call-facts.ts";
import type { Plan } from "../dialplan/plan.ts";
import { cleanDisplayName, NO_NAME } from "../lib/display-name.ts";
import { flat } from "../lib/flat.ts";
import type { Phone, Snapshot, Trunk } from "../model/snapshot.ts";
import type { SipRequest } from "../sip/index.ts";
import { type OutsideCaller, readOutsideCaller } from "./outside-caller.ts";
import { asksForPrivacy, isAnonymous } from "./privacy.ts";
import type { RecordHead } from "./recorder.ts";

/** Where a call comes from. */
export type Origin =
  /** `toContact`: the request was sent to the Contact that we registered, so its URI does not say who was called. */
  | { readonly kind: "trunk"; readonly trunk: Trunk; readonly toContact: boolean }
  | { readonly kind: "phone"; readonly phone: Phone };

/** Who calls, as far as this origin may say so. */
export interface CallerFacts extends OutsideCaller {
  /** A phone that asks not to be named: nobody but the company's own record is told who it is. */
  readonly hidden: boolean;
}

/** Reads the caller. Of a phone only its login counts, and whether it asks not to be named. */
export function readCaller(request: SipRequest, origin: Origin, snapshot: Snapshot): CallerFacts {
  if (origin.kind === "trunk") {
    const { caller, name } = readOutsideCaller(request, origin.trunk, snapshot.home.country);
    return { caller, name, hidden: false };
  }
  const { extension, name } = origin.phone;
  const hidden = asksForPrivacy(request) || isAnonymous(request.from.uri);
  return { caller: { kind: "internal", extension }, name: cleanDisplayName(name), hidden };
}

/** How an origin is named in records. */
function originText(origin: Origin): string {
  return origin.kind === "trunk" ? `trunk "${origin.trunk.name}"` : `phone ${origin.phone.extension}`;
}

/** Whom a call is for, as far as its facts go. */
interface WayTaken {
  readonly called: Called;
  readonly plan: Plan | undefined;
  readonly emergency: boolean;
}

/** What is known of a call when it comes in, made once: the record has the one, walk, legs and webhooks the other. */
export interface IncomingFacts {
  /** For the company's own record, which names also a caller that hides. */
  readonly head: RecordHead;
  /** What everybody else is told. */
  readonly told: CallFacts;
  /** The caller asked not to be named, and is not: a call for help always says who calls. */
  readonly hidden: boolean;
}

/** Joins caller and called to the facts of a call; texts stand by themselves and keep no message in memory. */
export function factsOf(callId: string, origin: Origin, who: CallerFacts, way: WayTaken): IncomingFacts {
  const callerName = flat(who.name);
  const called = flat(way.called);
  const hidden = who.hidden && !way.emergency;
  return {
    head: {
      id: callId,
      caller: callerText(who.caller),
      callerName,
      called,
      origin: originText(origin),
      plan: way.plan?.name,
    },
    told: {
      callId,
      did: called,
      caller: hidden ? { kind: "anonymous" } : who.caller,
      callerName: hidden ? NO_NAME : callerName,
    },
    hidden,
  };
}
