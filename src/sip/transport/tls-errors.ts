// What goes wrong with TLS, by the names that OpenSSL and Node have for it.

import type { Said } from "../../lib/said.ts";
import { type SipCode, sipSaid } from "../words.ts";

type PlainCode = Exclude<Extract<SipCode, `tls.${string}`>, "tls.failed" | "tls.otherName">;

const CODES: ReadonlyMap<string, PlainCode> = new Map<string, PlainCode>([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls.selfSigned"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "tls.privateAuthority"],
  ["UNABLE_TO_GET_ISSUER_CERT", "tls.unknownAuthority"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "tls.unknownAuthority"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls.unknownAuthority"],
  ["CERT_UNTRUSTED", "tls.unknownAuthority"],
  ["CERT_SIGNATURE_FAILURE", "tls.notSigned"],
  ["CERT_HAS_EXPIRED", "tls.expired"],
  ["CERT_NOT_YET_VALID", "tls.notYetValid"],
  ["CERT_REVOKED", "tls.revoked"],
  ["INVALID_PURPOSE", "tls.notForServers"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls.none"],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "tls.none"],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", "tls.peerTooOld"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tls.versionNotTaken"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls.ourCertificateWanted"],
  ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "tls.oursNotTrusted"],
  ["ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "tls.oursNotTaken"],
  ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "tls.oursExpired"],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "tls.nothingInCommon"],
  ["ERR_SSL_EE_KEY_TOO_SMALL", "tls.ourKeyTooShort"],
  ["ERR_SSL_CA_MD_TOO_WEAK", "tls.oursOutdated"],
]);

/** What a certificate that a caller shows lacks, for the log; `code` as OpenSSL's verification names it. */
export function tlsClientReason(code: string): string {
  const known = CODES.get(code);
  switch (known) {
    case "tls.notForServers":
      return "its certificate is not made for clients";
    case "tls.selfSigned":
    case "tls.privateAuthority":
    case "tls.unknownAuthority":
      return "its certificate is of no authority that --tls-client-ca names";
    case undefined:
      return `its certificate is not accepted (${lowered(code)})`;
    default:
      return sipSaid(known, {}).text.replace("the peer's", "its");
  }
}

/** Undefined: the error has nothing to do with TLS. */
export function tlsErrorReason(code: string): Said | undefined {
  const known = CODES.get(code);
  if (known !== undefined) return sipSaid(known, {});
  return code.startsWith("ERR_SSL_")
    ? sipSaid("tls.failed", { said: lowered(code.slice("ERR_SSL_".length)) })
    : undefined;
}

/** A certificate that is good, and somebody else's. */
export class WrongNameError extends Error {
  readonly said: Said;

  /** `names`: those that it is for; empty: it names nobody. */
  constructor(name: string, names: string) {
    const said = sipSaid("tls.otherName", { name, names });
    super(said.text);
    this.said = said;
  }
}

function lowered(code: string): string {
  return code.toLowerCase().replaceAll("_", " ");
}
