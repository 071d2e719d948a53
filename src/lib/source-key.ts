/**
 * What limits are counted for: an IPv4 address by itself, an IPv6 address by its /64, because one subscriber has
 * all of that (RFC 6177 §2).
 */
export function sourceKey(address: string): string {
  return address.includes(":") ? groupsOf(address, 4) : address;
}

/**
 * The wider network that limits are counted for too: the /48 of an IPv6 address, because many subscribers have that
 * much (RFC 6177 §2) and with it 65,536 times a /64. Undefined for IPv4.
 */
export function networkKey(address: string): string | undefined {
  return address.includes(":") ? `${groupsOf(address, 3)}/48` : undefined;
}

/** The first groups of an IPv6 address without zone, each without leading zeros. */
function groupsOf(address: string, count: 3 | 4): string {
  const zone = address.indexOf("%");
  const groups = (zone < 0 ? address : address.slice(0, zone)).split("::");
  const head = (groups[0] ?? "").split(":").filter((group) => group !== "");
  const tail = (groups[1] ?? "").split(":").filter((group) => group !== "");
  const missing = groups.length > 1 ? Math.max(0, 8 - head.length - tail.length) : 0;
  const all = [...head, ...new Array<string>(missing).fill("0"), ...tail];
  return all
    .slice(0, count)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
