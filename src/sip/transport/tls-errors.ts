// What goes wrong with TLS, in words that name our settings; Node's own name its options.

const NOT_TRUSTED = "which is not trusted here; name its authority with --tls-ca";

const REASONS: ReadonlyMap<string, string> = new Map([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", `the peer's certificate is self-signed, ${NOT_TRUSTED}`],
  ["SELF_SIGNED_CERT_IN_CHAIN", `the peer's certificate is from a private authority, ${NOT_TRUSTED}`],
  ["UNABLE_TO_GET_ISSUER_CERT", `the peer's certificate is from an authority ${NOT_TRUSTED}`],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", `the peer's certificate is from an authority ${NOT_TRUSTED}`],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", `the peer's certificate is from an authority ${NOT_TRUSTED}`],
  ["CERT_UNTRUSTED", `the peer's certificate is from an authority ${NOT_TRUSTED}`],
  ["CERT_SIGNATURE_FAILURE", `the peer's certificate is not signed by the authority that it names`],
  ["CERT_HAS_EXPIRED", "the peer's certificate has expired"],
  ["CERT_NOT_YET_VALID", "the peer's certificate is not valid yet"],
  ["CERT_REVOKED", "the peer's certificate has been revoked"],
  ["INVALID_PURPOSE", "the peer's certificate is not made for servers"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "what answers there does not speak TLS"],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "what answers there does not speak TLS"],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", "the peer has no TLS 1.2 or 1.3"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "the peer takes neither TLS 1.2 nor TLS 1.3"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "the peer asks for a certificate of ours: give --tls-cert"],
  ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "the peer does not trust our certificate (--tls-cert)"],
  ["ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "the peer does not take our certificate (--tls-cert)"],
  ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "the peer says that our certificate (--tls-cert) has expired"],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "the peer and we have no TLS algorithm in common"],
  ["ERR_SSL_EE_KEY_TOO_SMALL", "our certificate (--tls-cert) has too short a key"],
  ["ERR_SSL_CA_MD_TOO_WEAK", "our certificate (--tls-cert) is signed in an outdated way"],
]);

/** The same of a certificate that a caller shows; `code` as OpenSSL's verification names it. */
export function tlsClientReason(code: string): string {
  if (code === "INVALID_PURPOSE") return "its certificate is not made for clients";
  const reason = REASONS.get(code) ?? "";
  if (reason.endsWith(NOT_TRUSTED)) return "its certificate is of no authority that --tls-client-ca names";
  return reason === ""
    ? `its certificate is not accepted (${code.toLowerCase().replaceAll("_", " ")})`
    : reason.replace("the peer's", "its");
}

/** Undefined: the error has nothing to do with TLS. */
export function tlsErrorReason(code: string): string | undefined {
  const reason = REASONS.get(code);
  if (reason !== undefined || !code.startsWith("ERR_SSL_")) return reason;
  const words = code.slice("ERR_SSL_".length).toLowerCase().replaceAll("_", " ");
  return `the TLS connection failed (${words})`;
}
