import { formatHost } from "../../lib/host-port.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { decimal, SLASH, skipBlanks, skipToken } from "./chars.ts";
import { readHostPort } from "./host-port.ts";
import { type Params, parseParams } from "./params.ts";

/** One value of a Via header field (RFC 3261 §20.42). */
export interface Via {
  /** Upper case: UDP, TCP, TLS, WS, or a token that this stack does not know. */
  readonly transport: string;
  /** Lower case; an IPv6 address stands without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly branch: string | undefined;
  /** Source address that the receiver saw, without brackets. */
  readonly received: string | undefined;
  /** `true`: the flag by which the sender asks for it; a number: the source port that the receiver saw (RFC 3581). */
  readonly rport: number | true | undefined;
  readonly params: Params;
}

/** What a branch of RFC 3261 starts with (§8.1.1.7). */
export const branchCookie = "z9hG4bK";

/** Reads one Via value. The error is a clause without a full stop. Never throws; linear. */
export function parseVia(text: string): Result<Via, string> {
  const protocolEnd = text.startsWith("SIP/2.0/") ? 8 : endOfProtocol(text);
  if (protocolEnd < 0) return err("the protocol is not SIP/2.0");
  const transportEnd = skipToken(text, protocolEnd);
  if (transportEnd === protocolEnd) return err("the transport is missing");
  const hostAt = skipBlanks(text, transportEnd);
  if (hostAt === transportEnd) return err("no space follows the transport");
  const hostPort = readHostPort(text, hostAt, true);
  if (typeof hostPort === "string") return err(hostPort);
  const params = parseParams(text, hostPort.end);
  if (!params.ok) return params;
  const branch = params.value.get("branch");
  // RFC 4475 §3.2.1: the cookie alone would put all such requests into one transaction.
  if (branch !== undefined && branch.toLowerCase() === "z9hg4bk")
    return err("the branch is nothing but the magic cookie");
  const rport = readRport(params.value);
  if (rport === "bad") return err("rport is not a port number");
  return ok({
    transport: upperTransport(text.slice(protocolEnd, transportEnd)),
    host: hostPort.host,
    port: hostPort.port,
    branch,
    received: withoutBrackets(params.value.get("received")),
    rport,
    params: params.value,
  });
}

function upperTransport(token: string): string {
  return token === "UDP" ? "UDP" : token.toUpperCase();
}

// sent-protocol = "SIP" SLASH "2.0" SLASH transport, where white space may stand around each slash.
function endOfProtocol(text: string): number {
  const nameEnd = skipToken(text, 0);
  if (text.slice(0, nameEnd).toUpperCase() !== "SIP") return -1;
  const first = skipBlanks(text, nameEnd);
  if (text.charCodeAt(first) !== SLASH) return -1;
  const versionAt = skipBlanks(text, first + 1);
  const versionEnd = skipToken(text, versionAt);
  if (text.slice(versionAt, versionEnd) !== "2.0") return -1;
  const second = skipBlanks(text, versionEnd);
  if (text.charCodeAt(second) !== SLASH) return -1;
  return skipBlanks(text, second + 1);
}

function readRport(params: Params): number | true | undefined | "bad" {
  const value = params.get("rport");
  if (value === undefined) return params.has("rport") ? true : undefined;
  return decimal(value, 65_535) ?? "bad";
}

// RFC 5118 §4.5: the brackets are not in the grammar, but they are sent.
function withoutBrackets(received: string | undefined): string | undefined {
  return received?.startsWith("[") === true && received.endsWith("]") ? received.slice(1, -1) : received;
}

/** The Via as text, its parameters in their order. `params` decides; `branch`, `received` and `rport` are views of it. */
export function formatVia(via: Via): string {
  const port = via.port === undefined ? "" : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${formatHost(via.host)}${port}${via.params.toString()}`;
}
