import type { Said, Why } from "../lib/said.ts";

/** Which number the called party sees (webhook.md, "caller ID forwarding"). */
export type CallerIdForwarding = "caller" | "called" | "suppressed";

/** Whom a ring command rings. A phone is rung at all its registered contacts. */
export type RingTarget =
  | { readonly kind: "phone"; readonly extension: string }
  /** `+E.164`, through the outbound trunk. */
  | { readonly kind: "external"; readonly number: string };

/** An extension or a number. */
export function targetName(target: RingTarget): string {
  return target.kind === "phone" ? target.extension : target.number;
}

/** What the walk asks the shell to do; the shell performs it and resumes the walk with an outcome. */
export type Command =
  | {
      readonly type: "ring";
      readonly step: string;
      /** Rung at the same moment; the first to answer wins and the others are cancelled. */
      readonly targets: readonly RingTarget[];
      /** How many forwards led to them. */
      readonly redirections: number;
      readonly ringMs: number;
      /** The current name to show; empty: none. */
      readonly callerName: string;
      readonly callerIdForwarding: CallerIdForwarding;
    }
  /**
   * Answers `forwarded` while a ring command goes on: these ring in the place of the phone that forwards, in what is left of
   * its ring time. `why`: nobody does, where there are none; else empty.
   */
  | {
      readonly type: "follow";
      readonly step: string;
      readonly targets: readonly RingTarget[];
      readonly why: Why;
    }
  | {
      readonly type: "request";
      readonly step: string;
      readonly webhook: string;
      readonly values: WebhookValues;
    }
  /** Play a message to the caller, whom we answer first if nobody has yet. A key ends it. */
  | { readonly type: "play"; readonly step: string; readonly message: string }
  /** Play a message, if any, then take digits (see collector.ts); the first key ends the message and counts. */
  | {
      readonly type: "collect";
      readonly step: string;
      readonly message: string | undefined;
      readonly rule: CollectRule;
    }
  /** Somebody answered: the parties are connected and the plan has nothing more to say. Nothing to perform. */
  | { readonly type: "connected"; readonly step: string }
  /** The end of every walk that nobody answered: refuse the caller, or end the call that we answered. */
  | {
      readonly type: "hangUp";
      readonly step: string | undefined;
      readonly status: number;
      readonly why: Said;
    };

/** When a code is complete (webhook.md, IVR). */
export interface CollectRule {
  /** `code`: `#` ends and `*` clears what was typed. `menu`: both are keys like the digits. */
  readonly keys: "code" | "menu";
  /** In all, from the end of the message or from the key that ended it. */
  readonly timeoutMs: number;
  /** Silence after a digit that ends the code. */
  readonly interDigitMs: number;
  /** Digits after which the code is complete at once; undefined: any number up to `MAX_CODE_DIGITS`. */
  readonly length: number | undefined;
}

/** A longer code is cut off here: what was typed so far is taken. */
export const MAX_CODE_DIGITS = 32;

/** Values for the placeholders of a webhook's URL; empty where not available. */
export interface WebhookValues {
  readonly did: string;
  readonly callerid: string;
  readonly callername: string;
  readonly code: string;
  readonly callid: string;
}
