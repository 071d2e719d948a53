import { MAX_DISPLAY_NAME } from "../../lib/display-name.ts";
import { type FailureOf, type SentencesOf, visible } from "../../lib/failure.ts";
import type { Said } from "../../lib/said.ts";

/** What is to be said of a reply, by a code of the catalogue (catalogue.ts): a fault that was read over, or why it fails. */
export type ReplyNote = Said;

/** What was read although it should be written otherwise. */
export type ReadFault = FailureOf<ReadDetails>;

/** What each sentence needs to know. */
export interface ReadDetails {
  rawPlus: { readonly key: string; readonly value: string };
  rawAmpersand: { readonly line: string };
  writtenOutAmpersand: object;
  htmlName: { readonly line: string };
  duplicateKey: { readonly key: string };
  repeatsSent: { readonly placeholder: string };
  callersNumber: { readonly destination: string; readonly placeholder: string };
  notText: { readonly key: string };
  nameTooLong: object;
  utf16: object;
  jsonString: object;
  listOfOne: object;
  quotedBody: { readonly quote: string };
  quotedValue: { readonly key: string; readonly value: string };
  invisibleCharacters: { readonly key: string };
  noCompression: { readonly encoding: string };
  textAfter: { readonly what: string; readonly quoted: string };
}

/** One sentence a code. */
export const readSentences: SentencesOf<ReadDetails> = {
  rawPlus: (d) =>
    `The reply has \`${d.key}=+${visible(d.value)}\`; a \`+\` must be sent as \`%2B\`. ` +
    `Correct would be: \`${d.key}=%2B${visible(d.value)}\`.`,
  rawAmpersand: (d) =>
    `The \`callername\` holds a raw \`&\`, which must be sent as \`%26\`. Correct would be: \`callername=${visible(d.line)}\`.`,
  writtenOutAmpersand: () =>
    "The reply has `&amp;` between its keys; it was read as `&`, which is what must be sent.",
  htmlName: (d) =>
    `The \`callername\` is written as in HTML (\`&#39;\`, \`&ouml;\`); it was read as the characters that are meant. ` +
    `Correct would be: \`callername=${visible(d.line)}\`.`,
  duplicateKey: (d) => `The reply has \`${d.key}\` more than once; the first one counts.`,
  repeatsSent: (d) =>
    `The reply repeats {${d.placeholder}} as it was sent, and nothing from there on is read as a key: else a caller ` +
    "could choose where the call goes. The receiver must encode what it repeats (`&` as `%26`, `=` as `%3D`, in JSON " +
    '`"` as `\\"`), or write it last.',
  callersNumber: (d) =>
    `The destination ${visible(d.destination)} stands in {${d.placeholder}}, which the caller chose, so it was not taken: else a ` +
    "caller could choose where the call goes.",
  notText: (d) => `The reply's \`${d.key}\` must be text in JSON; it was passed over.`,
  nameTooLong: () => `The callername is longer than ${MAX_DISPLAY_NAME} characters and was cut.`,
  utf16: () => "The reply is encoded in UTF-16; it was read, but must be sent in UTF-8.",
  jsonString: () =>
    "The reply is a JSON string that holds the reply; it was read, but must be sent without the quotes around it.",
  listOfOne: () =>
    "The reply is a JSON list with one element; that was read, but must be sent without the brackets around it.",
  quotedBody: (d) =>
    `The whole reply stands between quotes (${d.quote}); it was read, but must be sent without them.`,
  quotedValue: (d) =>
    `The value of \`${d.key}\` stands in quotes (\`${visible(d.value)}\`); it was read, but must be sent without them.`,
  invisibleCharacters: (d) =>
    `The value of \`${d.key}\` has characters in it that nobody sees; they were dropped.`,
  noCompression: (d) =>
    `The reply has the header \`Content-Encoding: ${visible(d.encoding)}\`, which is no compression; the body was read as it is. ` +
    "A character set belongs into `Content-Type`.",
  textAfter: (d) =>
    `Behind the line of the reply stands ${d.what} (\`${visible(d.quoted)}\`), which does not count; the reply must be all that is sent.`,
};

/** The fault with its sentence. */
export function noteOf(fault: ReadFault): ReplyNote {
  const { code, ...args } = fault;
  const sentence = readSentences[code] as (details: ReadFault) => string;
  return { code, args, text: sentence(fault) };
}
