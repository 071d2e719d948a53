import { readFile } from "node:fs/promises";
import net from "node:net";
import type { Clock } from "../runtime/clock.ts";

const FRESH_MS = 5_000;
const MAX_BYTES = 1 << 20;

/** Names and addresses of a hosts file (hosts(5)), names in lower case. Pure; lines it cannot read are passed over. */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address, ...names] = (line.split("#", 1)[0] ?? "").trim().split(/\s+/);
    if (address === undefined || net.isIP(address) === 0) continue;
    for (const name of names) {
      const addresses = hosts.get(name.toLowerCase());
      if (addresses === undefined) hosts.set(name.toLowerCase(), [address]);
      else if (!addresses.includes(address)) addresses.push(address);
    }
  }
  return hosts;
}

/**
 * The machine's hosts file, read again when the last reading is older than five seconds, so that an edit
 * takes effect without a restart. A file that cannot be read, or is over 1 MiB, is as good as empty.
 */
export function hostsFile(clock: Clock, path: string): (name: string) => Promise<readonly string[]> {
  let hosts: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  let readAt = 0;
  const read = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    const text = await readFile(path, "utf8").catch(() => "");
    return parseHosts(text.length > MAX_BYTES ? "" : text);
  };
  return async (name) => {
    if (hosts === undefined || clock.now() - readAt > FRESH_MS) {
      readAt = clock.now();
      hosts = read();
    }
    return (await hosts).get(name) ?? [];
  };
}
