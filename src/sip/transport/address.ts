import { isIP } from "node:net";
import { formatHostPort } from "../../lib/host-port.ts";

export { sourceKey } from "../../lib/source-key.ts";

/** An address as the socket reports it, without the IPv4-in-IPv6 mapping (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/** The address without its zone: a zone means nothing outside this machine (RFC 4007 §6), so it never goes on the wire. */
export function withoutZone(address: string): string {
  const at = address.indexOf("%");
  return at < 0 ? address : address.slice(0, at);
}

/** `host:port`, an IPv6 literal in brackets (RFC 3261 §25.1 hostport). */
export function hostPort(host: string, port: number): string {
  return formatHostPort(withoutZone(host), port);
}

/** 4 or 6; 0 for what is no IP literal. */
export function familyOf(host: string): 0 | 4 | 6 {
  return isIP(host) as 0 | 4 | 6;
}

/** True for the addresses that mean "all of this machine". */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** True for an address that does not leave this machine. */
export function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}

/**
 * True for an IP literal that names one host: no multicast, no broadcast, and not the unspecified address, which the
 * kernel takes for ourselves.
 */
export function isOneHost(host: string): boolean {
  const family = familyOf(host);
  if (family === 6) return host !== "::" && !/^ff/i.test(host) && plainAddress(host) === host;
  const first = Number.parseInt(host, 10);
  return family === 4 && first > 0 && first < 224;
}
