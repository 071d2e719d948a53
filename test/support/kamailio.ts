import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Certificate } from "../contract/certificate.ts";
import { Program } from "./process.ts";

/** A Kamailio in front of the switchboard: it records its route and relays everything, inward and back. */
export interface Proxy {
  stop(): Promise<void>;
}

/** Starts Kamailio at `at`, port 5060 over UDP; new requests go to `server` (`host:port`). */
export function startProxy(at: string, server: string): Proxy {
  return startKamailio(configuration(at, server));
}

/** A provider at `at` that knows one account, and where it sends calls that come from there. */
export interface ProviderParts {
  readonly at: string;
  /** Address of whoever registers. */
  readonly customer: string;
  /** Address of the outside that the customer's calls go to. */
  readonly outside: string;
  readonly account: string;
  readonly authUser: string;
  readonly password: string;
}

/** The provider's domain, which no DNS knows: it can be reached through its proxy only. */
export const PROVIDER_DOMAIN = "provider.test";

/**
 * A registrar and outbound proxy that is particular: it takes an account's calls only with the digest of another user name,
 * with From in its own domain, its domain in the Request-URI, and along the Service-Route that it gave. Calls from elsewhere go
 * to the registered Contact; their To says who was called.
 */
export function startProvider(parts: ProviderParts): Proxy {
  return startKamailio(providerConfiguration(parts));
}

/** A proxy of which the switchboard hears over TLS only, and that asks for a certificate whoever connects. */
export interface TlsProxyParts {
  /** Where it hears callers, over UDP. */
  readonly at: string;
  /** Its port for TLS at 127.0.0.1, which is `localhost`. */
  readonly tlsPort: number;
  /** `host:port` of the switchboard's TLS. */
  readonly server: string;
  /** Its own, for `localhost`. */
  readonly certificate: Certificate;
  /** Whom it trusts, PEM. */
  readonly trusts: string;
  /** A stream on which nothing went for so long is closed. */
  readonly idleSeconds: number;
  /** Where calls go that come over TLS, over UDP; to the switchboard again when left out. */
  readonly outside?: string;
  /** It sends calls on by a sips URI, and so records a sips route. */
  readonly sips?: boolean;
}

/** Starts Kamailio between callers over UDP and the switchboard over TLS, both of which show certificates. */
export function startTlsProxy(parts: TlsProxyParts): Proxy {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-kamailio-"));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const key = file("key.pem", parts.certificate.keyPem);
  const cert = file("cert.pem", parts.certificate.certPem);
  const both = `method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
private_key = ${key}
certificate = ${cert}
ca_list = ${file("trusted.pem", parts.trusts)}
`;
  const tls = file("tls.cfg", `[server:default]\n${both}\n[client:default]\n${both}`);
  return startKamailio(tlsConfiguration(parts, tls), folder);
}

function startKamailio(
  text: string,
  folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-kamailio-")),
): Proxy {
  const file = path.join(folder, "kamailio.cfg");
  writeFileSync(file, text);
  const program = new Program("kamailio", ["-DD", "-E", "-f", file, "-Y", folder, "-m", "64", "-M", "8"]);
  return {
    async stop() {
      await program.stop("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(at: string, server: string): string {
  return `#!KAMAILIO
children=1
disable_tcp=yes
listen=udp:${at}:5060
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
request_route {
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if ($rm == "ACK" && t_check_trans()) { t_relay(); exit; }
    if ($rm != "ACK") { sl_send_reply("404", "Not here"); }
    exit;
  }
  if ($rm == "CANCEL") { if (t_check_trans()) { t_relay(); } exit; }
  record_route();
  $du = "sip:${server}";
  t_relay();
}
`;
}

function tlsConfiguration(parts: TlsProxyParts, tls: string): string {
  const { at, tlsPort, server, idleSeconds, outside, sips } = parts;
  const outward =
    outside === undefined ? "" : `  if ($proto == "tls") { $du = "sip:${outside}"; t_relay(); exit; }\n`;
  return configuration(at, `${server};transport=tls`)
    .replace("  $du =", `${outward}  $du =`)
    .replace(
      "  record_route();",
      `${sips === true ? '  $ru = "sips:" + $rU + "@" + $rd;\n' : ""}  record_route();`,
    )
    .replace(
      "disable_tcp=yes\n",
      `enable_tls=yes\ntcp_children=2\ntcp_connection_lifetime=${idleSeconds}\nlisten=tls:127.0.0.1:${tlsPort}\n`,
    )
    .replace("request_route {", `loadmodule "tls.so"\nmodparam("tls", "config", "${tls}")\nrequest_route {`);
}

function providerConfiguration(parts: ProviderParts): string {
  const { at, customer, outside, account, authUser, password } = parts;
  return `#!KAMAILIO
children=1
disable_tcp=yes
listen=udp:${at}:5060
alias=${PROVIDER_DOMAIN}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "auth.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("registrar", "max_expires", 120)
request_route {
  if ($rm == "REGISTER") {
    if ($ru != "sip:${PROVIDER_DOMAIN}" || $tU != "${account}" || $td != "${PROVIDER_DOMAIN}") { sl_send_reply("404", "No such account"); exit; }
    if (!pv_www_authenticate("${PROVIDER_DOMAIN}", "${password}", "0")) { www_challenge("${PROVIDER_DOMAIN}", "1"); exit; }
    if ($au != "${authUser}") { sl_send_reply("403", "Another user"); exit; }
    append_to_reply("Service-Route: <sip:orig@${at}:5060;lr>\\r\\n");
    save("location");
    exit;
  }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    # SIPp's callee repeats no Record-Route in its answers.
    if ($si == "${customer}") { t_relay(); exit; }
    if ($rm == "ACK" && t_check_trans()) { t_relay(); exit; }
    if ($rm != "ACK") { sl_send_reply("404", "Not here"); }
    exit;
  }
  if ($rm == "CANCEL") { if (t_check_trans()) { t_relay(); } exit; }
  if ($rm != "INVITE") { sl_send_reply("200", "OK"); exit; }
  if ($si == "${customer}") {
    if (!pv_proxy_authenticate("${PROVIDER_DOMAIN}", "${password}", "0")) { proxy_challenge("${PROVIDER_DOMAIN}", "1"); exit; }
    if ($au != "${authUser}") { sl_send_reply("403", "Another user"); exit; }
    if ($rd != "${PROVIDER_DOMAIN}") { sl_send_reply("403", "Another domain"); exit; }
    if ($fU != "${account}" || $fd != "${PROVIDER_DOMAIN}") { sl_send_reply("403", "Another From"); exit; }
    if (!search("^Route:.*sip:orig@")) { sl_send_reply("403", "No Service-Route"); exit; }
    consume_credentials();
    remove_hf("Route");
    record_route();
    $du = "sip:${outside}:5060";
    t_relay();
    exit;
  }
  record_route();
  if (!lookup("location", "sip:${account}@${PROVIDER_DOMAIN}")) { sl_send_reply("480", "Not registered"); exit; }
  t_relay();
}
`;
}
