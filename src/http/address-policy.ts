import ipaddr from "ipaddr.js";
import { err, ok, type Result } from "../lib/result.ts";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [cidr: string, name: string];
type CompiledRange = readonly [network: Address, prefix: number, name: string];

/** Why an address may not be connected to: never, or not unless its network is listed. */
export interface AddressRefusal {
  readonly code: "addressForbidden" | "addressNotListed";
  /** For a sentence: "a private address (10.0.0.0/8)". */
  readonly range: string;
}

/** Decides about one address, written as `net.isIP` accepts it (a zone id is allowed). Pure. */
export type AddressPolicy = (address: string) => Result<void, AddressRefusal>;

// Refused even when the installation lists a network around them.
const FORBIDDEN: readonly Range[] = [
  ["0.0.0.0/8", "the unspecified address"], // RFC 791 §3.2; Linux takes it for loopback
  ["169.254.0.0/16", "a link-local or cloud-metadata address"], // RFC 3927
  ["100.100.100.200/32", "a cloud-metadata address"], // Alibaba Cloud
  ["168.63.129.16/32", "a cloud-platform address"], // Azure
  ["192.0.0.192/32", "a cloud-metadata address"], // Oracle Cloud
  ["224.0.0.0/4", "a multicast address"], // RFC 5771
  ["240.0.0.0/4", "a reserved or broadcast address"], // RFC 1112 §4, RFC 919
  ["::/128", "the unspecified address"],
  ["fe80::/10", "a link-local address"], // RFC 4291 §2.5.6
  ["ff00::/8", "a multicast address"],
  ["fd00:ec2::/32", "a cloud-metadata address"], // Amazon: fd00:ec2::254 and its neighbours (DNS, time)
  ["fd20:ce::254/128", "a cloud-metadata address"], // Google Cloud
  ["fd00:c1::a9fe:a9fe/128", "a cloud-metadata address"], // Oracle Cloud
];

// Not on the public Internet (IANA special-purpose registries): refused unless listed.
const NOT_PUBLIC: readonly Range[] = [
  ["127.0.0.0/8", "a loopback address"],
  ["10.0.0.0/8", "a private address"],
  ["172.16.0.0/12", "a private address"],
  ["192.168.0.0/16", "a private address"],
  ["100.64.0.0/10", "a shared address of a provider"], // RFC 6598
  ["198.18.0.0/15", "a benchmarking address"], // RFC 2544
  ["192.0.0.0/24", "a protocol-assignment address"], // RFC 6890
  ["192.0.2.0/24", "a documentation address"],
  ["198.51.100.0/24", "a documentation address"],
  ["203.0.113.0/24", "a documentation address"],
  ["192.88.99.0/24", "a 6to4 relay address"], // RFC 7526
  ["::1/128", "the loopback address"],
  ["fc00::/7", "a private address"], // RFC 4193
  ["fec0::/10", "a site-local address"], // RFC 3879
  ["64:ff9b:1::/48", "a local NAT64 address"], // RFC 8215
  ["2001:db8::/32", "a documentation address"],
  ["3fff::/20", "a documentation address"], // RFC 9637
  ["2001::/23", "a protocol-assignment address"], // RFC 2928; Teredo inside it is unwrapped too
  ["2002::/16", "a 6to4 address"], // RFC 7526: deprecated, no public service is there
];

const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3") as [ipaddr.IPv6, number];
const NAT64 = ipaddr.parseCIDR("64:ff9b::/96") as [ipaddr.IPv6, number];
const LOCAL_NAT64 = ipaddr.parseCIDR("64:ff9b:1::/48") as [ipaddr.IPv6, number];
const TEREDO = ipaddr.parseCIDR("2001::/32") as [ipaddr.IPv6, number];
const SIX_TO_FOUR = ipaddr.parseCIDR("2002::/16") as [ipaddr.IPv6, number];
const SIIT = ipaddr.parseCIDR("::ffff:0:0:0/96") as [ipaddr.IPv6, number];
const COMPATIBLE = ipaddr.parseCIDR("::/96") as [ipaddr.IPv6, number];

const forbidden = FORBIDDEN.map(compileRange);
const notPublic = NOT_PUBLIC.map(compileRange);

/**
 * The policy of an installation that lists these CIDRs (checked when the configuration was read; one that is
 * none is left out, which only refuses more). Lists open loopback and private ranges, never the forbidden ones.
 */
export function addressPolicy(allowedNetworks: readonly string[]): AddressPolicy {
  const allowed: CompiledRange[] = [];
  for (const cidr of allowedNetworks) {
    if (ipaddr.isValidCIDR(cidr)) allowed.push(compileRange([cidr, "listed"]));
  }
  return (text) => {
    if (!ipaddr.isValid(text)) return err({ code: "addressForbidden", range: "not an address" });
    // ::ffff:a.b.c.d is IPv4 to the kernel: judge it as such (RFC 4291 §2.5.5.2).
    const address = ipaddr.process(text);
    return judge(address, allowed);
  };
}

function judge(address: Address, allowed: readonly CompiledRange[]): Result<void, AddressRefusal> {
  const inside = address instanceof ipaddr.IPv6 ? embedded(address) : [];
  const all: readonly Address[] = inside.length === 0 ? [address] : [address, ...inside];
  for (const one of all) {
    const range = find(one, forbidden);
    if (range !== undefined) return refusal("addressForbidden", range, one, address);
  }
  if (find(address, allowed) !== undefined) return ok(undefined);
  for (const one of inside) {
    // A wrapped address gets through where the IPv4 address inside does: a NAT64 gateway leads there.
    const range = find(one, notPublic);
    if (range !== undefined && find(one, allowed) === undefined) {
      return refusal("addressNotListed", range, one, address);
    }
  }
  const range = find(address, notPublic);
  if (range !== undefined) return refusal("addressNotListed", range, address, address);
  if (address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST) && !address.match(NAT64)) {
    return err({ code: "addressNotListed", range: "not a public address" });
  }
  return ok(undefined);
}

function refusal(
  code: AddressRefusal["code"],
  range: CompiledRange,
  found: Address,
  whole: Address,
): Result<void, AddressRefusal> {
  const inside = found === whole ? "" : `, for it contains ${found.toString()}`;
  return err({ code, range: `${range[2]} (${range[0].toString()}/${range[1]}${inside})` });
}

/** IPv4 addresses inside an IPv6 address, wherever translation or a tunnel could take a packet to them. */
function embedded(address: ipaddr.IPv6): readonly ipaddr.IPv4[] {
  const b = address.toByteArray();
  const last = v4(b, 12, 13, 14, 15);
  // RFC 6052 §2.1 (NAT64), RFC 2765 §2.1 (SIIT), RFC 4291 §2.5.5.1 (IPv4-compatible, but not :: and ::1).
  if (address.match(NAT64) || address.match(SIIT)) return [last];
  if (address.match(COMPATIBLE)) return b[12] === 0 && b[13] === 0 && b[14] === 0 ? [] : [last];
  // RFC 6052 §2.2: a /48 has the IPv4 address around bits 64–71; a /96 inside it has it at the end. Which of
  // the two it is only the gateway knows; a reading that begins with 0 is the wrong one.
  if (address.match(LOCAL_NAT64)) return [v4(b, 6, 7, 9, 10), last].filter((one) => one.octets[0] !== 0);
  if (address.match(SIX_TO_FOUR)) return [v4(b, 2, 3, 4, 5)]; // RFC 3056 §2
  if (address.match(TEREDO)) {
    // RFC 4380 §4: server, and the client's address with all bits inverted.
    const inverted = b.map((byte) => byte ^ 0xff);
    return [v4(b, 4, 5, 6, 7), v4(inverted, 12, 13, 14, 15)];
  }
  // RFC 5214 §6.1 (ISATAP): interface identifier 0000:5efe or 0200:5efe, then the IPv4 address.
  const isatap = (b[8] === 0 || b[8] === 2) && b[9] === 0 && b[10] === 0x5e && b[11] === 0xfe;
  return isatap ? [last] : [];
}

function v4(bytes: readonly number[], a: number, b: number, c: number, d: number): ipaddr.IPv4 {
  return new ipaddr.IPv4([bytes[a] ?? 0, bytes[b] ?? 0, bytes[c] ?? 0, bytes[d] ?? 0]);
}

function compileRange([cidr, name]: Range): CompiledRange {
  const [network, prefix] = ipaddr.parseCIDR(cidr);
  return [network, prefix, name];
}

function find(address: Address, ranges: readonly CompiledRange[]): CompiledRange | undefined {
  return ranges.find(
    ([network, prefix]) => network.kind() === address.kind() && address.match(network as never, prefix),
  );
}
