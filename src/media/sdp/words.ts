import { type ArgsOf, type Said, saidInFull, type Why, wordsOf } from "../../lib/said.ts";

interface Line {
  /** Of all lines, from 1. */
  readonly line: number;
}

interface Media {
  /** Of the m-lines, from 1. */
  readonly line: number;
}

interface Faults {
  readonly one: Why;
  readonly two: Why;
  readonly three: Why;
  readonly four: Why;
}

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
  "sdp.noUsableAudio": ({ one, two, three, four }: Faults) =>
    `The description has no sound that can be used: ${[one, two, three, four]
      .map(wordsOf)
      .filter((fault) => fault !== "")
      .join("; ")}.`,
  "sdp.otherKind": ({ line, kind }: Media & { readonly kind: string }) => `m-line ${line} is ${kind}`,
  "sdp.switchedOff": ({ line }: Media) => `m-line ${line} is switched off (port 0)`,
  "sdp.otherProfile": ({ line, profile }: Media & { readonly profile: string }) =>
    `m-line ${line} is ${profile}, where only RTP/AVP is understood`,
  "sdp.noCodec": ({ line, names }: Media & { readonly names: string }) =>
    `m-line ${line} names ${names}, and no codec that is spoken here (PCMA, PCMU, G722)`,
  "sdp.noAddress": ({ line }: Media) => `m-line ${line} has no address (c=)`,
  "sdp.badAddress": ({ line }: Media) => `m-line ${line} has an address (c=) that is not an IP address`,
  "sdp.otherFamily": ({ line, family }: Media & { readonly family: string }) =>
    `m-line ${line} has an address (c=) that is not ${family}`,
  "sdp.nobodysAddress": ({ line, address }: Media & { readonly address: string }) =>
    `m-line ${line} has ${address}, which is nobody's address`,
} as const;

/** A fault of a description as a value. */
export function sdpSaid<Code extends keyof typeof sdpWords>(
  code: Code,
  args: ArgsOf<(typeof sdpWords)[Code]>,
): Said {
  return saidInFull(sdpWords, code, args);
}
