import { readFileSync } from "node:fs";

/** Datagrams that the kernel threw away because a socket's buffer was full, for sockets at `host` or at any address. */
export function udpDrops(host: string, ports: ReadonlySet<number>): number {
  return sumDrops(read("/proc/net/udp"), host, ports) + sumDrops(read("/proc/net/udp6"), host, ports);
}

/** The same from the text of /proc/net/udp or /proc/net/udp6 (proc(5)). */
export function sumDrops(table: string, host: string, ports: ReadonlySet<number>): number {
  const own = hexOf(host);
  let sum = 0;
  for (const line of table.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [address = "", port = ""] = (fields[1] ?? "").split(":");
    if (address !== own && !/^0+$/.test(address)) continue;
    if (ports.has(Number.parseInt(port, 16))) sum += Number(fields.at(-1));
  }
  return sum;
}

/** An IPv4 address as the table has it: in the byte order of the machine, which is little-endian wherever Node runs. */
function hexOf(host: string): string {
  const bytes = host.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return bytes.toReversed().join("").toUpperCase();
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Without IPv6 there is no second table.
    return "";
  }
}
