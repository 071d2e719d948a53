import { saying, type Why, wordsOf } from "../../lib/said.ts";

interface Line {
  /** From 1: of all lines, or of the m-lines alone where the sentence says so. */
  readonly line: number;
}

/** The arguments in which m-lines get their reason told; empty where there are fewer. */
const FAULTS = ["one", "two", "three", "four"] as const;

/** As many m-lines get their reason told. */
export const MAX_FAULTS = FAULTS.length;

type Faults = Readonly<Record<(typeof FAULTS)[number], Why>>;

const TOO_LONG = "The description has more than";

/** Why a description cannot be used. */
export const sdpWords = {
  "sdp.empty": () => "The description is empty.",
  "sdp.tooManyOctets": ({ most }: { readonly most: number }) => `${TOO_LONG} ${most} octets.`,
  "sdp.tooManyLines": ({ most }: { readonly most: number }) => `${TOO_LONG} ${most} lines.`,
  "sdp.tooManyMedia": ({ most }: { readonly most: number }) => `${TOO_LONG} ${most} m-lines.`,
  "sdp.noVersion": () => "The description does not begin with v=0.",
  "sdp.badLine": ({ line }: Line) => `Line ${line} of the description is not of the form x=value.`,
  "sdp.badConnection": ({ line }: Line) => `Line ${line} of the description (c=) is not an address.`,
  "sdp.badMedia": ({ line }: Line) => `Line ${line} of the description (m=) cannot be read.`,
  "sdp.noAudio": () => "The description has no m-line for sound.",
  "sdp.noUsableAudio": (faults: Faults) =>
    `The description has no sound that can be used: ${FAULTS.map((name) => wordsOf(faults[name]))
      .filter((fault) => fault !== "")
      .join("; ")}.`,
  "sdp.otherKind": ({ line, kind }: Line & { readonly kind: string }) => `m-line ${line} is ${kind}`,
  "sdp.switchedOff": ({ line }: Line) => `m-line ${line} is switched off (port 0)`,
  "sdp.otherProfile": ({ line, profile }: Line & { readonly profile: string }) =>
    `m-line ${line} is ${profile}, where only RTP/AVP is understood`,
  "sdp.noCodec": ({ line, names }: Line & { readonly names: string }) =>
    `m-line ${line} names ${names}, and no codec that is spoken here (PCMA, PCMU, G722)`,
  "sdp.noAddress": ({ line }: Line) => `m-line ${line} has no address (c=)`,
  "sdp.badAddress": ({ line }: Line) => `m-line ${line} has an address (c=) that is not an IP address`,
  "sdp.otherFamily": ({ line, family }: Line & { readonly family: string }) =>
    `m-line ${line} has an address (c=) that is not ${family}`,
  "sdp.nobodysAddress": ({ line, address }: Line & { readonly address: string }) =>
    `m-line ${line} has ${address}, which is nobody's address`,
} as const;

/** A fault of a description as a value. */
export const sdpSaid = saying(sdpWords);
