import { GenerationCache } from "../lib/generation-cache.ts";
import type { AccessReport, Ban, FailedLogin, Lift, PhoneContact, PhoneStanding } from "../model/access.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Clock } from "../runtime/clock.ts";
import { formatUri, type Guard, isReachable, type RegisterOutcome, type Stack } from "../sip/index.ts";
import { placeText } from "./flow-text.ts";
import { isFirstStep } from "./login-words.ts";
import { slowedSaid } from "./slowed-log.ts";
import { boardSaid } from "./words.ts";

const PHONES_REMEMBERED = 10_000;
const FLOOD = boardSaid("banned.flood", {});

interface Noted extends FailedLogin {
  /** Somebody read the password and it was wrong, and no login from there has succeeded since. */
  readonly isKnown: boolean;
}

/** The last login of each phone that failed. Names that no phone has are not kept. */
export class FailedLogins {
  readonly #clock: Clock;
  readonly #last = new GenerationCache<string, Noted>(PHONES_REMEMBERED);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether there is another one now. That a password was not looked at does not hide that the same place had a wrong one: that is what is to be mended. */
  note(outcome: RegisterOutcome, phones: Snapshot["phones"]): boolean {
    const { extension, address } = outcome;
    if (extension === undefined || !phones.has(extension)) return false;
    const known = this.#last.get(extension);
    if (outcome.kind === "registered") {
      if (known?.isKnown === true && known.address === address)
        this.#last.set(extension, { ...known, isKnown: false });
      return false;
    }
    const { cause, why } = outcome;
    if (isFirstStep(cause)) return false;
    if (cause === "blocked" && known?.isKnown === true && known.address === address) return false;
    const isKnown = cause === "wrongCredentials";
    const { code, args, text } = why;
    this.#last.set(extension, { at: this.#clock.wall(), address, reason: text, code, args, cause, isKnown });
    return true;
  }

  of(extension: string): FailedLogin | undefined {
    const noted = this.#last.get(extension);
    if (noted === undefined) return undefined;
    const { isKnown: _, ...failure } = noted;
    return failure;
  }
}

export interface AccessParts {
  readonly clock: Clock;
  readonly stack: Stack;
  readonly transportGuard: Pick<Guard, "bans" | "unban">;
  readonly logins: FailedLogins;
  readonly trunks: () => AccessReport["trunks"];
}

/** Lifts what is to be lifted, then tells how many are in, who is kept slow, and how trunks are. */
export function accessReport(parts: AccessParts, lift: Lift | undefined): AccessReport {
  const lifted = lift === undefined ? 0 : liftBans(parts, lift);
  return {
    registered: parts.stack.location.phones,
    bans: bansOf(parts),
    trunks: parts.trunks(),
    lifted,
  };
}

/** How these phones stand; whoever asks for thousands asks in portions, between which calls go on. */
export function phoneStandings(
  parts: Pick<AccessParts, "clock" | "stack" | "logins">,
  extensions: readonly string[],
): readonly PhoneStanding[] {
  return extensions.map((extension) => ({
    extension,
    contacts: contactsOf(parts, extension),
    lastFailure: parts.logins.of(extension),
  }));
}

function contactsOf(
  { clock, stack }: Pick<AccessParts, "clock" | "stack">,
  extension: string,
): readonly PhoneContact[] {
  const toWall = clock.wall() - clock.now();
  return stack.location.lookup(extension).map((binding) => {
    return {
      uri: formatUri(binding.uri),
      source: placeText(binding.source),
      since: Math.round(binding.registeredAt + toWall),
      until: Math.round(binding.expiresAt + toWall),
      device: binding.userAgent,
      reachable: isReachable(binding),
    };
  });
}

function bansOf({ clock, stack, transportGuard }: AccessParts): readonly Ban[] {
  const slowed = stack.guard.slowed().map((one): Ban => {
    const { what, since, until } = one;
    const { code, args, text } = slowedSaid(one);
    return { kind: "slowed", what, since, until, why: text, code, args };
  });
  const toWall = clock.wall() - clock.now();
  const banned = transportGuard.bans().map(
    ({ address, until }): Ban => ({
      kind: "banned",
      what: address,
      since: undefined,
      until: Math.round(until + toWall),
      why: FLOOD.text,
      code: FLOOD.code,
      args: FLOOD.args,
    }),
  );
  return [...banned, ...slowed];
}

function liftBans({ stack, transportGuard }: AccessParts, { what }: Lift): number {
  const lifted = transportGuard.bans().filter(({ address }) => what === undefined || what === address);
  for (const { address } of lifted) transportGuard.unban(address);
  return lifted.length + stack.guard.lift(what);
}
