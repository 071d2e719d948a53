import { familyOfIp, type IpAddress } from "../../lib/ip-address.ts";

/** What kind of destination an address is; sound goes to `public` ones, and to others only from their like. */
export type AddressKind = "public" | "private" | "loopback" | "linkLocal" | "unspecified" | "group";

/**
 * Sorts an address (RFC 6890). `group`: multicast, broadcast, reserved (class E): never anybody's phone. `private`: RFC 1918,
 * RFC 6598 (carriers' NAT), unique local (RFC 4193).
 */
export function addressKind(address: IpAddress): AddressKind {
  return familyOfIp(address) === 4 ? ipv4Kind(address) : ipv6Kind(address);
}

function ipv4Kind(address: IpAddress): AddressKind {
  const [a = 0, b = 0] = address.split(".").map(Number);
  if (a === 0) return "unspecified";
  if (a === 127) return "loopback";
  if (a >= 224) return "group";
  if (a === 169 && b === 254) return "linkLocal";
  if (a === 10 || (a === 172 && b >> 4 === 1) || (a === 192 && b === 168) || (a === 100 && b >> 6 === 1))
    return "private";
  return "public";
}

function ipv6Kind(address: IpAddress): AddressKind {
  if (address === "::") return "unspecified";
  if (address === "::1") return "loopback";
  const first = address.startsWith("::") ? 0 : Number.parseInt(address, 16);
  if (first >> 8 === 0xff) return "group";
  if ((first & 0xffc0) === 0xfe80) return "linkLocal";
  return (first & 0xfe00) === 0xfc00 ? "private" : "public";
}
