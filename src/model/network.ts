/** Four decimal numbers from 0 to 255 without leading zeros (a leading zero is octal to some programs). */
const IPV4 =
  /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$/;

function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

/** RFC 4291 §2.2: eight groups, or fewer with one `::`; an IPv4 tail counts as two groups. */
function isIpv6(text: string): boolean {
  if (text.length > 45) return false;
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1);
  let count = groups.length;
  if (last?.includes(".")) {
    if (!isIpv4(last) || text.endsWith("::")) return false;
    groups.pop();
    count += 1;
  }
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? count <= 7 : count === 8;
}

/** An IPv4 or IPv6 address in its usual written form, without brackets, port or zone. */
export function isIpAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

/** A network as `address/prefix length` (RFC 4632 §3.1, RFC 4291 §2.3): `10.0.0.0/8`, `fd00::/8`. */
export function isCidr(text: string): boolean {
  const slash = text.indexOf("/");
  if (slash < 0) return false;
  const address = text.slice(0, slash);
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9][0-9]{0,2})$/.test(length)) return false;
  if (isIpv4(address)) return Number(length) <= 32;
  return isIpv6(address) && Number(length) <= 128;
}

/** Whether a network has an address in it; false where either cannot be read, or they are of two families. */
export function networkHolds(cidr: string, address: string): boolean {
  const [network = "", length = ""] = cidr.split("/", 2);
  if (!isCidr(cidr) || !isIpAddress(address) || isIpv4(network) !== isIpv4(address)) return false;
  const bits = isIpv4(address) ? 32 : 128;
  const apart = BigInt(bits - Number(length));
  return numberOf(network) >> apart === numberOf(address) >> apart;
}

/** The bits of an address that has been looked at. */
function numberOf(address: string): bigint {
  if (isIpv4(address)) return address.split(".").reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
  const tail = /[\d.]+$/.exec(address)?.[0] ?? "";
  const isMixed = tail.includes(".");
  const hex = isMixed
    ? address.slice(0, -tail.length) +
      [numberOf(tail) >> 16n, numberOf(tail) & 0xffffn].map((part) => part.toString(16)).join(":")
    : address;
  const [before = "", after] = hex.split("::");
  const groups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));
  const [front, back] = [groups(before), groups(after ?? "")];
  const zeros = after === undefined ? 0 : 8 - front.length - back.length;
  const all = [...front, ...Array.from({ length: zeros }, () => "0"), ...back];
  return all.reduce((sum, part) => (sum << 16n) + BigInt(`0x${part}`), 0n);
}

/** RFC 4291 §2.5.5.2: an IPv4 address inside IPv6. */
const MAPPED =
  /^(?:(?:0{1,4}:){5}|(?:0{1,4}:){0,4}:(?::0{1,4}){0,4}:?)ffff:(?:[\d.]+|[\da-f]{1,4}:[\da-f]{1,4})$/i;

/** A network that holds all of IPv4 and more, by the name of an IPv4 one: its length counts the 96 bits before. */
export function isTooWideForIpv4(cidr: string): boolean {
  const [address = "", length = ""] = cidr.split("/", 2);
  return isIpv6(address) && MAPPED.test(address) && Number(length) < 96;
}

/** Who can reach an address: programs on the same machine, a network of one's own, everybody. */
export type AddressScope = "loopback" | "private" | "public";

/** RFC 1122 §3.2.1.3, RFC 1918, RFC 3927, RFC 6598; RFC 4291 §2.5.3, §2.5.6, RFC 4193. */
const LOOPBACK = /^(?:127\.|::1$)/;
const PRIVATE =
  /^(?:10\.|172\.(?:1[6-9]|2[0-9]|3[01])\.|192\.168\.|169\.254\.|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/** Undefined for what is no address. */
export function addressScope(address: string): AddressScope | undefined {
  if (LOOPBACK.test(address)) return "loopback";
  if (PRIVATE.test(address)) return "private";
  return isIpAddress(address) ? "public" : undefined;
}

/**
 * Whether a party that describes itself with `address` and signals from `source` is behind NAT: a private address that
 * is not the one its packets come from. Two public addresses are a provider with media servers of their own.
 */
export function isBehindNat(address: string | undefined, source: string): boolean {
  return address !== undefined && address !== source && addressScope(address) === "private";
}
