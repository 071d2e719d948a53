import { buildRequest } from "../../src/sip/message/build.ts";
import type { SipRequest, SipResponse } from "../../src/sip/message/message.ts";
import { parseContacts } from "../../src/sip/message/name-addr.ts";
import { formatUri } from "../../src/sip/message/uri.ts";

export type Field = readonly [name: string, value: string];

export const ALLOW: Field = ["Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK"];

/** The type of a body, where there is one and `headers` do not give it: SDP, or what `parts` has put together. */
export function sdpType(body: string, headers: readonly Field[] = []): readonly Field[] {
  if (body === "" || headers.some(([name]) => name.toLowerCase() === "content-type")) return [];
  return [["Content-Type", body.startsWith("--edge\r\n") ? MULTIPART : "application/sdp"]];
}

const MULTIPART = "multipart/mixed;boundary=edge";

/** A multipart body of parts, each with its header lines before an empty line. */
export function parts(...each: readonly string[]): string {
  return `${each.map((one) => `--edge\r\n${one}\r\n`).join("")}--edge--\r\n`;
}

/** A request inside a dialog. */
export interface InDialog {
  readonly method: string;
  readonly sequence: number;
  readonly headers: readonly Field[];
  readonly body: string;
  /** In place of the peer's: of a fork. */
  readonly remoteTag?: string | undefined;
}

/** The dialog of an agent's call, from either side. It is kept here: nothing of `src/sip/dialog` is used. */
export class AgentDialog {
  localTag: string;
  remoteTag: string | undefined;
  readonly #direction: "out" | "in";
  #target = "";
  #routes: readonly string[] = [];
  #sequence = 1;

  /** `invite`: the agent's own (out), or the one that came (in). */
  constructor(direction: "out" | "in", localTag: string, invite: SipRequest) {
    this.#direction = direction;
    this.localTag = localTag;
    if (direction === "out") return;
    this.remoteTag = invite.from.tag;
    this.#target = contactOf(invite);
    this.#routes = invite.headers.list("record-route");
  }

  /** What a response to the agent's INVITE tells of the peer. */
  learn(response: SipResponse): void {
    this.remoteTag = response.to.tag;
    this.#target = contactOf(response) || this.#target;
    this.#routes = response.headers.list("record-route").toReversed();
  }

  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  request(invite: SipRequest, contact: string, parts: InDialog): SipRequest {
    const names = [invite.headers.get("from") ?? "", invite.headers.get("to") ?? ""].map(bare);
    const [us, them] = this.#direction === "out" ? names : names.toReversed();
    return buildRequest({
      method: parts.method,
      uri: this.#target || invite.uri,
      headers: [
        ...this.#routes.map((route) => ["Route", route] as const),
        ["Max-Forwards", "70"],
        ["From", `${us};tag=${this.localTag}`],
        ["To", `${them};tag=${parts.remoteTag ?? this.remoteTag ?? ""}`],
        ["Call-ID", invite.callId],
        ["CSeq", `${parts.sequence} ${parts.method}`],
        ["Contact", contact],
        ALLOW,
        ...parts.headers,
      ],
      body: parts.body,
    });
  }
}

function bare(value: string): string {
  return value.replace(/;tag=[^;>]*$/, "");
}

function contactOf(message: SipRequest | SipResponse): string {
  const contacts = parseContacts(message.headers.all("contact"));
  const first = contacts.ok && contacts.value !== "*" ? contacts.value[0] : undefined;
  return first === undefined ? "" : formatUri(first.uri);
}
