import type { SipTrace } from "../../../../src/model/call-record.ts";

/** What a SIP message is, as far as a ladder needs it. */
export interface Message {
  /** `INVITE`, or `200 OK`. */
  readonly name: string;
  /** Undefined: a request. */
  readonly status: number | undefined;
  /** Of a response, the method that it answers (CSeq, RFC 3261 §20.16). */
  readonly method: string;
}

/** The first line and the method of a message. Whatever stands in the text, this does not fail. */
export function messageOf({ text }: Pick<SipTrace, "text">): Message {
  const [first = ""] = text.split(/\r?\n/, 1);
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(first);
  const answered = /^CSeq[ \t]*:[ \t]*\d+[ \t]+(\S+)/im.exec(text)?.[1] ?? "";
  if (response === null) {
    const [method = ""] = first.split(" ", 1);
    return { name: method, status: undefined, method };
  }
  const [, code = "", phrase = ""] = response;
  return { name: `${code} ${phrase}`.trim(), status: Number(code), method: answered };
}

/** What only keeps the protocol going: nobody needs it to see why a call went where it went. */
export function isSmallTalk({ name, status, method }: Message): boolean {
  if (status === undefined) return ["ACK", "PRACK", "OPTIONS"].includes(name);
  return status === 100 || method !== "INVITE";
}
