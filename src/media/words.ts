import { saying, type Why, wordsOf } from "../lib/said.ts";

interface Because {
  readonly why: Why;
}

interface AtEnd {
  /** The caller is `A`, the legs are `B1`, `B2` …. */
  readonly end: string;
}

interface AtServer {
  /** Of an rtpengine, as it is configured. */
  readonly server: string;
}

interface Of {
  /** The name of an audio message. */
  readonly message: string;
}

/** What the built-in engine says. */
const builtin = {
  "media.threadNotRunning": () => "The media thread is not running at this moment.",
  "media.threadDied": () => "The sound of this call was lost: the media thread of the switchboard died.",
  "media.engineClosed": () => "The media engine was closed.",
  "media.noDescription": () => "The media thread gave no description.",
  "media.tooManyEnds": ({ most }: { readonly most: number }) =>
    `One call has sound for ${most} parties at most.`,
  "media.badOwnAddress": ({ address }: { readonly address: string }) =>
    `Our own address "${address}" is not an IP address.`,
  "media.portsUsedUp": () => "All media ports are in use or rest.",
  "media.portsTaken": ({ count }: { readonly count: number }) =>
    `${count} media ports in a row are held by other programs.`,
  "media.tooManyFiles": () => "The limit of open files is reached (ulimit -n).",
  "media.notOurAddress": ({ address }: { readonly address: string }) =>
    `The media address ${address} is not one of this machine.`,
  "media.portFailed": ({ code }: { readonly code: string }) => `A media port cannot be opened (${code}).`,
  "media.fileMissing": ({ file }: { readonly file: string }) => `the file ${file} is missing`,
  "media.fileTooLarge": ({
    file,
    octets,
    most,
  }: {
    readonly file: string;
    readonly octets: number;
    readonly most: number;
  }) => `the file ${file} has ${octets} octets, where ${most} are the most`,
  "media.fileEmpty": ({ file }: { readonly file: string }) => `the file ${file} is empty`,
  "media.fileUnreadable": ({ file, code }: { readonly file: string; readonly code: string }) =>
    `the file ${file} cannot be read (${code})`,
} as const;

/** What either engine says: of a call and its ends, and of what comes of two descriptions. */
const either = {
  "media.callClosed": () => "The call's sound is closed.",
  "media.unknownEnd": ({ end }: AtEnd) => `The call has no end ${end}.`,
  "media.noEndToPlayAt": ({ end }: AtEnd) => `Nothing can be played: the call has no end ${end}.`,
  "media.notAgreed": () => "There is no agreement with this party yet on how it hears.",
  "media.noOfferToAnswer": () => "There is no offer that could be answered.",
  "media.noOfferAnswered": () => "There is no offer that this could answer.",
  "media.unplayable": ({ message, why }: Of & Because) =>
    `The message "${message}" cannot be played: ${wordsOf(why)}.`,
  "media.unreachable": ({ address, ourAddress }: { readonly address: string; readonly ourAddress: string }) =>
    `The description names ${address} for its sound, and from ${ourAddress}, where its signalling reaches us, nothing can be sent there.`,
  "media.noCodecOfOurs": ({ named, offered }: { readonly named: string; readonly offered: string }) =>
    `The answer names no codec of our offer: it names ${named}, and ${offered} was offered.`,
} as const;

/** What is said of rtpengine. */
const rtpengine = {
  "rtpengine.noPort": ({ end }: AtEnd) => `End ${end} has no port.`,
  "rtpengine.silent": ({ server }: AtServer) => `The rtpengine at ${server} answers no more.`,
  "rtpengine.forgot": ({ server, why }: AtServer & Because) =>
    `The rtpengine at ${server} no longer knows this call: ${wordsOf(why)}.`,
  "rtpengine.otherPort": () => "it gave it another port",
  "rtpengine.none": ({ why }: Because) => `No rtpengine can carry the sound of this call: ${wordsOf(why)}.`,
  "rtpengine.noneAnswers": () => "none of them answers",
  "rtpengine.says": ({ server, why }: AtServer & Because) => `${server} says: ${wordsOf(why)}`,
  "rtpengine.refused": ({ server, why }: AtServer & Because) =>
    `The rtpengine at ${server} cannot carry this call on: ${wordsOf(why)}.`,
  "rtpengine.stopped": () => "the media engine has stopped",
  "rtpengine.tooManyCommands": ({ most }: { readonly most: number }) => `${most} commands wait for a reply`,
  "rtpengine.noReply": () => "no reply in 2 seconds",
  "rtpengine.notUnderstood": () => "a reply that cannot be understood",
  "rtpengine.noPortNamed": () => "it names no port",
  "rtpengine.messageNotPlayed": ({ message, server, why }: Of & AtServer & Because) =>
    `Message "${message}" cannot be played by the rtpengine at ${server}: ${wordsOf(why)}.`,
  "rtpengine.toneNotPlayed": ({ tone, server, why }: { readonly tone: string } & AtServer & Because) =>
    `The tone "${tone}" cannot be played by the rtpengine at ${server}: ${wordsOf(why)}.`,
  "rtpengine.messageNotWritten": ({ message, why }: Of & Because) => `Message "${message}": ${wordsOf(why)}`,
  "rtpengine.notWritten": ({ why }: Because) => `The sound cannot be written for rtpengine: ${wordsOf(why)}.`,
  "rtpengine.messageTooLong": ({ message, seconds }: Of & { readonly seconds: number }) =>
    `Message "${message}" lasts ${seconds} s, and only 8 s can be sent along to an rtpengine on another machine: share the folder of the messages with it.`,
} as const;

/** Why there is no sound, in the words of its engines; of descriptions see sdp/words.ts. Plain values: they cross threads. */
export const mediaWords = { ...builtin, ...either, ...rtpengine };

/** A sentence of an engine as a value. */
export const mediaSaid = saying(mediaWords);
