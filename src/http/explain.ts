import { ConnectError, type ConnectFailure } from "./interceptors/address-guard.ts";
import type { HttpFailure } from "./reasons.ts";

/** Where an error came up. */
export interface ErrorContext {
  readonly host: string;
  readonly secure: boolean;
  readonly connectTimeoutMs: number;
  /** The request had been written. */
  readonly sent: boolean;
  /** At least one byte of a reply had come. */
  readonly begun: boolean;
}

/** Node's and OpenSSL's codes for certificates that lead to no trusted authority. */
const UNTRUSTED: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its authority is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its authority is unknown, or the intermediate certificate is not sent",
  UNABLE_TO_GET_ISSUER_CERT: "its authority is unknown",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its authority is unknown",
  CERT_UNTRUSTED: "its authority is not trusted",
  CERT_REVOKED: "it was revoked",
  INVALID_CA: "its authority may not sign certificates",
  INVALID_PURPOSE: "it is not a server's certificate",
};

const WEAK_KEY = "the key of its certificate is too weak: RSA needs 2048 bits";

/** What OpenSSL says of a handshake that failed, by its codes and, where it has none, its words. */
const HANDSHAKE: readonly (readonly [says: RegExp, detail: string])[] = [
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/, "the port does not speak TLS"],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/, "it speaks TLS 1.0 or 1.1 only; 1.2 is needed"],
  [/DH_KEY_TOO_SMALL/, "its Diffie-Hellman key is too weak"],
  [/KEY_TOO_SMALL|key too weak/, WEAK_KEY],
  [/MD_TOO_WEAK|md too weak/, "its certificate is signed in a way that is too weak"],
  [/CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE/, "it wants a certificate of ours, and webhooks have none"],
  [
    /ALERT_HANDSHAKE_FAILURE|NO_SHARED_CIPHER/,
    "it wants a certificate of ours, or has no cipher in common with us",
  ],
  [/UNRECOGNIZED_NAME/, "it has no site of this name"],
];

function explainHandshake(code: string, message: string): string | undefined {
  if (!/^(?:ERR_SSL_|UNSPECIFIED$)/.test(code)) return undefined;
  return HANDSHAKE.find(([says]) => says.test(`${code} ${message}`))?.[1];
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  EHOSTUNREACH: "no route to the host",
  EHOSTDOWN: "the host is down",
  ENETUNREACH: "no route to the network",
  ENETDOWN: "the network is down",
  EADDRNOTAVAIL: "no local address or port is free for it",
  EACCES: "a firewall of this machine forbids it",
  EPERM: "a firewall of this machine forbids it",
  EMFILE: "this process has too many open files",
  ENFILE: "this machine has too many open files",
};

/** Turns whatever undici, TLS, TCP or our own connector raised into a failure of the registry. */
export function explain(raised: Error, context: ErrorContext): HttpFailure {
  const { host } = context;
  // Several addresses tried: Node wraps what each said; the first is the one to name.
  const error =
    raised instanceof AggregateError && raised.errors[0] instanceof Error ? raised.errors[0] : raised;
  if (error instanceof ConnectError) return explainConnect(error.failure, context);
  const code = codeOf(error);
  const untrusted = UNTRUSTED[code];
  if (untrusted !== undefined) return { code: "certificateUntrusted", host, detail: untrusted };
  const handshake = explainHandshake(code, error.message);
  if (handshake !== undefined) return { code: "tlsFailed", host, detail: handshake };
  const unreachable = UNREACHABLE[code];
  if (unreachable !== undefined) return { code: "unreachable", host, detail: unreachable };
  if (error.name === "HTTPParserError") return explainParser(error, host);
  switch (code) {
    case "ECONNREFUSED":
      return { code: "refused", host };
    case "ETIMEDOUT":
      return { code: "connectTimeout", host, ms: context.connectTimeoutMs };
    case "CERT_HAS_EXPIRED":
      return { code: "certificateExpired", host };
    case "CERT_NOT_YET_VALID":
      return { code: "certificateNotYetValid", host };
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return { code: "certificateWrongName", host };
    case "UND_ERR_HEADERS_OVERFLOW":
      return { code: "headersTooLarge", host };
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
      // undici's name for anything unreadable after a Content-Length, too.
      return { code: "badHttp", host, detail: "its length is not what its header says" };
    case "UND_ERR_INVALID_ARG":
      return { code: "badHeader", problem: error.message };
    case "UND_ERR_DESTROYED":
    case "UND_ERR_CLOSED":
      return { code: "stopping" };
    case "UND_ERR_SOCKET":
    case "ECONNRESET":
    case "EPIPE":
      return explainClose(error, context);
    default:
      if (!context.sent && context.secure) return { code: "tlsFailed", host, detail: code || error.message };
      // undici's way to say that a reply is none, such as one with status 099.
      if (context.sent && code === "ERR_ASSERTION")
        return { code: "badHttp", host, detail: "a reply that none can be, or a status below 100" };
      return { code: "internal", detail: code || error.message };
  }
}

function explainConnect(failure: ConnectFailure, { host, connectTimeoutMs: ms }: ErrorContext): HttpFailure {
  switch (failure.code) {
    case "addressForbidden":
    case "addressNotListed":
      return { code: failure.code, host, address: failure.address, range: failure.range };
    case "nameServerFailed":
      return { code: failure.code, host, detail: failure.detail };
    case "nameNotFound":
      return { code: failure.code, host };
    case "nameTimeout":
    case "connectTimeout":
    case "tlsTimeout":
      return { code: failure.code, host, ms };
  }
}

/** The parser says what it met in brackets at the end: "… HTTP/1.1 protocol (Invalid EOF state)". */
function explainParser(error: Error, host: string): HttpFailure {
  const { message } = error;
  const open = message.indexOf("(");
  const detail = open < 0 ? "unreadable" : message.slice(open + 1, -1);
  if (detail === "Invalid EOF state") return { code: "truncated", host };
  const came = "data" in error && typeof error.data === "string" ? error.data : "";
  // RFC 8446 §5.1: an alert, the answer of a server that was asked without TLS.
  if (came.startsWith("\x15\x03")) return { code: "tlsWanted", host };
  // A mark that nobody sees would make a perfect status line of what is quoted.
  const quoted = came
    .slice(0, MAX_EXCERPT)
    .replace(/^\ufeff+/, "U+FEFF ")
    .trim();
  // DEVIATION(RFC 9112 §2.2): a lone LF may be taken for a line end; undici's parser does not take it.
  if (detail.startsWith("Missing expected CR")) return { code: "lineFeedsOnly", host, quoted };
  return detail.startsWith("Expected HTTP/") && /^[ -~]/.test(quoted)
    ? { code: "notHttp", host, quoted }
    : { code: "badHttp", host, detail };
}

/** As much of what came as a sentence may quote. */
const MAX_EXCERPT = 60;

function explainClose(error: Error, { host, secure, sent, begun }: ErrorContext): HttpFailure {
  // What undici says when the server answers something that was not asked for.
  // DEVIATION(RFC 9110 §15.2): undici takes an unasked 100 Continue for a broken server; other 1xx pass.
  if (error.message === "bad response")
    return { code: "badHttp", host, detail: "a reply that was not asked for" };
  if (error.message === "bad upgrade")
    return { code: "badHttp", host, detail: "a switch to another protocol" };
  if (begun) return { code: "truncated", host };
  if (!sent && secure)
    return { code: "tlsFailed", host, detail: "the connection was closed during the handshake" };
  return { code: "closedEarly", host };
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
