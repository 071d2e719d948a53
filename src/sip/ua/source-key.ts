const MAPPED = /^(?:0{0,4}:){2,5}ffff:(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})$/i;

/**
 * Whom an IP literal stands for when abuse is counted: an IPv4 address itself, or an IPv6 address's /64, since
 * one subscriber owns all of that. An IPv4-mapped address is its IPv4 address.
 */
export function sourceKey(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = MAPPED.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const plain = address.split("%", 1)[0] as string;
  const gap = plain.indexOf("::");
  const before = gap === -1 ? plain : plain.slice(0, gap);
  const head = before === "" ? [] : before.split(":");
  // How many groups `::` stands for matters only when the first four groups reach past it.
  const after = gap === -1 || gap + 2 >= plain.length ? [] : plain.slice(gap + 2).split(":");
  const afterGroups = after.length + (after.at(-1)?.includes(".") ? 1 : 0);
  const zeros = gap === -1 ? 0 : Math.max(0, 8 - head.length - afterGroups);
  const groups = [...head, ...Array.from({ length: zeros }, () => "0"), ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
