import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import { sdpSaid } from "./words.ts";

/** A session description (RFC 8866), as far as offer and answer need it; lines of other kinds are passed over. */
export interface SessionDescription {
  /** Value of `o=`, "" where it is missing. */
  readonly origin: string;
  /** `c=` of the session. */
  readonly connection: Connection | undefined;
  /** Value of `t=`: an answer repeats it (RFC 3264 §6). */
  readonly timing: string;
  readonly attributes: readonly Attribute[];
  readonly media: readonly MediaDescription[];
}

export interface MediaDescription {
  /** `audio`, `video`, `image` … */
  readonly kind: string;
  /** 0: refused, or switched off. */
  readonly port: number;
  /** `RTP/AVP`, `RTP/SAVP`, `udptl` … */
  readonly protocol: string;
  /** Payload types, where the protocol is one of RTP. At least one. */
  readonly formats: readonly string[];
  readonly connection: Connection | undefined;
  readonly attributes: readonly Attribute[];
}

/** `c=`: the address as it was written, which may be a name. */
export interface Connection {
  readonly family: "IP4" | "IP6";
  readonly address: string;
}

/** `a=`; the value is "" for a flag. Not a Map: an attribute may come more than once. */
export interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** RFC 8866 sets none of these; real descriptions stay far below. */
const MAX_OCTETS = 65_536;
const MAX_LINES = 1000;
const MAX_MEDIA = 32;
const MAX_FORMATS = 128;

const MEDIA_LINE = /^([!-~]{1,64}) (\d{1,10})(?:\/\d{1,10})? ([!-~]{1,64}) ([!-~ ]+)$/;
const CONNECTION_LINE = /^IN (IP4|IP6) ([^\s/]{1,255})(?:\/[\d/]{1,20})?$/;

interface OpenMedia {
  readonly line: Omit<MediaDescription, "connection" | "attributes">;
  connection: Connection | undefined;
  readonly attributes: Attribute[];
}

/**
 * Reads a description of any origin. An error names the line. Lines may end in LF alone, and white
 * space at their ends is dropped (RFC 8866 §5: be liberal). Never throws; bounded in octets, lines, m-lines.
 */
export function parseSdp(octets: Uint8Array): Result<SessionDescription, Said> {
  if (octets.length === 0) return err(sdpSaid("sdp.empty", {}));
  if (octets.length > MAX_OCTETS) return err(sdpSaid("sdp.tooManyOctets", { most: MAX_OCTETS }));
  const lines = new TextDecoder().decode(octets).split("\n", MAX_LINES + 1);
  if (lines.length > MAX_LINES) return err(sdpSaid("sdp.tooManyLines", { most: MAX_LINES }));
  const media: OpenMedia[] = [];
  const session = { origin: "", timing: "", attributes: [] as Attribute[] };
  let connection: Connection | undefined;
  let begun = false;
  for (const [index, raw] of lines.entries()) {
    const line = raw.trimEnd();
    const at = { line: index + 1 };
    if (line === "") continue;
    if (line[1] !== "=" || line.includes("\0")) return err(sdpSaid("sdp.badLine", at));
    const value = line.slice(2);
    if (!begun) {
      if (line !== "v=0") return err(sdpSaid("sdp.noVersion", {}));
      begun = true;
      continue;
    }
    const open = media.at(-1);
    switch (line[0] ?? "") {
      case "o":
        session.origin = value;
        break;
      case "t":
        if (session.timing === "") session.timing = value;
        break;
      case "c": {
        const read = parseConnection(value);
        if (read === undefined) return err(sdpSaid("sdp.badConnection", at));
        if (open === undefined) connection = read;
        // With several addresses for one m-line (layered multicast) the first counts.
        else open.connection ??= read;
        break;
      }
      case "a":
        (open ?? session).attributes.push(parseAttribute(value));
        break;
      case "m": {
        const read = parseMedia(value);
        if (read === undefined) return err(sdpSaid("sdp.badMedia", at));
        if (media.length === MAX_MEDIA) return err(sdpSaid("sdp.tooManyMedia", { most: MAX_MEDIA }));
        media.push({ line: read, connection: undefined, attributes: [] });
        break;
      }
    }
  }
  if (!begun) return err(sdpSaid("sdp.empty", {}));
  return ok({
    ...session,
    connection,
    media: media.map(({ line, connection, attributes }) => ({ ...line, connection, attributes })),
  });
}

function parseConnection(value: string): Connection | undefined {
  const match = CONNECTION_LINE.exec(value);
  return match === null ? undefined : { family: match[1] === "IP6" ? "IP6" : "IP4", address: match[2] ?? "" };
}

function parseAttribute(value: string): Attribute {
  const colon = value.indexOf(":");
  return colon < 0
    ? { name: value, value: "" }
    : { name: value.slice(0, colon), value: value.slice(colon + 1) };
}

function parseMedia(value: string): OpenMedia["line"] | undefined {
  const match = MEDIA_LINE.exec(value);
  if (match === null) return undefined;
  const [, kind = "", port = "", protocol = "", rest = ""] = match;
  const formats = rest.split(" ").filter((format) => format !== "");
  if (Number(port) > 65_535 || formats.length === 0 || formats.length > MAX_FORMATS) return undefined;
  return { kind, port: Number(port), protocol, formats };
}

/** Writes a description; `parseSdp` reads the same again. Values must have no line ends, which parsed ones never have. */
export function writeSdp(description: SessionDescription): Uint8Array<ArrayBuffer> {
  const lines = ["v=0", `o=${description.origin}`, "s=-"];
  if (description.connection !== undefined) lines.push(connectionLine(description.connection));
  lines.push(`t=${description.timing === "" ? "0 0" : description.timing}`);
  lines.push(...description.attributes.map(attributeLine));
  for (const media of description.media) {
    lines.push(`m=${media.kind} ${media.port} ${media.protocol} ${media.formats.join(" ")}`);
    if (media.connection !== undefined) lines.push(connectionLine(media.connection));
    lines.push(...media.attributes.map(attributeLine));
  }
  return new Uint8Array(new TextEncoder().encode(`${lines.join("\r\n")}\r\n`));
}

function connectionLine({ family, address }: Connection): string {
  return `c=IN ${family} ${address}`;
}

function attributeLine({ name, value }: Attribute): string {
  return value === "" ? `a=${name}` : `a=${name}:${value}`;
}
