/** An IP address as text in one form only, so that two of them can be compared: IPv6 as RFC 5952 writes it. */
export type IpAddress = string;

const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const MAX_TEXT = 45;

/**
 * Reads an IP literal; undefined for anything else (a name, a zone, octal numbers). An IPv4 address in an IPv6 one
 * (`::ffff:192.0.2.1`, as sockets for both families show it) is the IPv4 address.
 */
export function canonicalIp(text: string): IpAddress | undefined {
  if (text.length > MAX_TEXT) return undefined;
  if (!text.includes(":")) return ipv4Octets(text)?.join(".");
  const groups = ipv6Groups(text);
  if (groups === undefined) return undefined;
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [groups[6], groups[7]].map((group = 0) => `${group >> 8}.${group & 255}`).join(".");
  return ipv6Text(groups);
}

/** Of an address in its one form. */
export function familyOfIp(address: IpAddress): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}

function ipv4Octets(text: string): number[] | undefined {
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  return octets?.every((octet) => octet <= 255) === true ? octets : undefined;
}

function ipv6Groups(text: string): number[] | undefined {
  const [head = "", tail, ...rest] = text.split("::");
  if (rest.length > 0) return undefined;
  const before = groupsOf(head, tail === undefined);
  const after = tail === undefined ? [] : groupsOf(tail, true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...new Array<number>(missing).fill(0), ...after];
}

/** The last group may be an IPv4 address, which counts as two. */
function groupsOf(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [n, part] of parts.entries()) {
    const octets = last && n === parts.length - 1 ? ipv4Octets(part) : undefined;
    if (octets !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = octets;
      groups.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** RFC 5952 §4: lower case, no leading zeros, the longest run of zeros (of two at least, the first) as `::`. */
function ipv6Text(groups: readonly number[]): string {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (best.at < 0) return hex(groups);
  return `${hex(groups.slice(0, best.at))}::${hex(groups.slice(best.at + best.length))}`;
}
