import { textHash } from "../lib/text-hash.ts";

/**
 * The `o=` line of one leg. Each leg is a session of its own towards its peer: our user name, id and address, and a
 * version that grows by one exactly when the description changes (RFC 8866 §5.2, RFC 3264 §8). It also keeps the
 * other leg's host name, user and product from showing through (docs/adr/0010).
 */
export class SdpOrigin {
  readonly #id: string;
  readonly #host: string;
  #version = 0;
  /** Hash of the last description: the text itself would be most of what a held leg keeps. */
  #last = 0;

  /** `id`: decimal session id; `host`: our own IP address. */
  constructor(id: string, host: string) {
    this.#id = id;
    this.#host = host;
  }

  /** The description as this leg's peer gets it. Anything that is not SDP (no `v=` line) is passed as it is. */
  rewrite(body: Buffer): Buffer {
    if (body.length < 2 || body[0] !== 0x76 || body[1] !== 0x3d) return body;
    const text = body.toString("latin1");
    const mediaAt = text.indexOf("\nm=") + 1 || text.length;
    let before: string | undefined;
    let kept = "";
    for (let at = 0, end = 0; at < mediaAt; at = end) {
      end = text.indexOf("\n", at) + 1 || text.length;
      const type = text.charCodeAt(at + 1) === EQUALS ? text.charAt(at) : "";
      if (DROPPED.includes(type) && type !== "") continue;
      if (type === "o" && before === undefined) {
        before = kept;
        kept = "";
      } else kept += type === "s" ? "s=-\r\n" : text.slice(at, end);
    }
    if (before === undefined) return body;
    kept += text.slice(mediaAt);
    const content = textHash(before, kept);
    if (content !== this.#last) {
      this.#last = content;
      this.#version += 1;
    }
    const family = this.#host.includes(":") ? "IP6" : "IP4";
    const origin = `o=- ${this.#id} ${this.#version} IN ${family} ${this.#host}\r\n`;
    return Buffer.from(before + origin + kept, "latin1");
  }
}

/** Session lines about the person or product behind the other leg: information, URI, e-mail, telephone. */
const DROPPED = "iuep";
const EQUALS = 0x3d;
