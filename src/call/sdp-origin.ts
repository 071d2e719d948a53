/**
 * The `o=` line of one leg. Each leg is a session of its own towards its peer: our user name, id and address, and a
 * version that grows by one exactly when the description changes (RFC 8866 §5.2, RFC 3264 §8). It also keeps the
 * other leg's host name, user and product from showing through.
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
    const lines = body.toString("latin1").split("\n");
    const kept: string[] = [];
    let media = false;
    for (const line of lines) {
      media ||= line.startsWith("m=");
      if (!media && DROPPED.has(line.slice(0, 2))) continue;
      kept.push(!media && line.startsWith("s=") ? "s=-\r" : line);
    }
    const at = kept.findIndex((line) => line.startsWith("o="));
    if (at < 0) return body;
    kept[at] = "";
    const content = hash(kept.join("\n"));
    if (content !== this.#last) {
      this.#last = content;
      this.#version += 1;
    }
    const family = this.#host.includes(":") ? "IP6" : "IP4";
    kept[at] = `o=- ${this.#id} ${this.#version} IN ${family} ${this.#host}\r`;
    return Buffer.from(kept.join("\n"), "latin1");
  }
}

/** Session lines about the person or product behind the other leg: information, URI, e-mail, telephone. */
const DROPPED = new Set(["i=", "u=", "e=", "p="]);

/** 52 bits of two FNV-1a-like rounds, never 0: enough to tell whether a description has changed. */
function hash(text: string): number {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995);
  }
  return (high >>> 6) * 0x400_0000 + (low >>> 6) + 1;
}
