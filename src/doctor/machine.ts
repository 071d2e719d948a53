import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { lstatSync, readdirSync, readFileSync, type Stats, statfsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Family } from "../config/listeners.ts";
import { addressSeenBy, clockAheadOf, type Place } from "./ask.ts";

/** What is known of a file. */
export interface FileFacts {
  readonly uid: number;
  /** The bits of rwxrwxrwx. */
  readonly mode: number;
  /** Milliseconds since the epoch. */
  readonly changed: number;
}

/** What the checks ask of a machine; a test asks one with faults. */
export interface Machine {
  readonly nodeVersion: string;
  /** Of this process. */
  readonly uid: number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Undefined: it is not there, or may not be read. */
  text(file: string): string | undefined;
  facts(file: string): FileFacts | undefined;
  /** Of the data folder itself, which may be a link to where the room is: of what it leads to. */
  folderFacts(folder: string): FileFacts | undefined;
  /** Names in a folder; none where it cannot be read. */
  names(folder: string): readonly string[];
  /** Octets that this user may still write where the file lies; undefined: unknown. */
  freeOctets(file: string): number | undefined;
  /** Takes a port for a moment; the code of the error where it cannot: `EADDRINUSE`. */
  tryPort(transport: "udp" | "tcp", host: string, port: number): Promise<string | undefined>;
  /** Addresses of the interfaces, loopback left out. */
  addresses(): readonly string[];
  /** Whether a name server answers anything. */
  nameServerAnswers(server: string): Promise<boolean>;
  /** Our address as a STUN server sees it; undefined: it did not answer. */
  addressSeenBy(server: Place, family?: Family): Promise<string | undefined>;
  /** How far the clock is ahead of an NTP server's, ms; undefined: it did not answer. */
  clockAheadOf(server: Place): Promise<number | undefined>;
}

const NAME_SERVER_MS = 2000;

/** The real one. */
export function thisMachine(now: () => number): Machine {
  return {
    nodeVersion: process.versions.node,
    uid: process.getuid?.() ?? -1,
    now,
    text: (file) => orUndefined(() => readFileSync(file, "utf8")),
    facts: (file) => orUndefined(() => factsOf(lstatSync(file))),
    folderFacts: (folder) => orUndefined(() => factsOf(statSync(folder))),
    names: (folder) =>
      orUndefined(() =>
        readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
      ) ?? [],
    freeOctets: (file) =>
      orUndefined(() => {
        const { bavail, bsize } = statfsSync(file);
        return bavail * bsize;
      }),
    tryPort,
    addresses: () =>
      Object.values(networkInterfaces()).flatMap((all = []) =>
        all.filter(({ internal }) => !internal).map(({ address }) => address),
      ),
    nameServerAnswers,
    addressSeenBy,
    clockAheadOf: (server) => clockAheadOf(server, now),
  };
}

function factsOf({ uid, mode, mtimeMs }: Stats): FileFacts {
  return { uid, mode: mode & 0o777, changed: mtimeMs };
}

function orUndefined<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** Takes a port for a moment, tells the code of what went wrong, and gives it back. */
async function tryPort(transport: "udp" | "tcp", host: string, port: number): Promise<string | undefined> {
  const isV6 = host.includes(":");
  const place =
    transport === "udp" ? createSocket({ type: isV6 ? "udp6" : "udp4", ipv6Only: isV6 }) : createServer();
  try {
    if ("bind" in place) place.bind({ port, address: host, exclusive: true });
    else place.listen({ host, port, exclusive: true });
    await once(place, "listening");
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    place.close();
  }
}

/** Any answer will do, that there is no such thing included. */
async function nameServerAnswers(server: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: NAME_SERVER_MS, tries: 1 });
  try {
    resolver.setServers([server]);
    await resolver.resolveNs(".");
    return true;
  } catch (error) {
    const silent = ["ETIMEOUT", "ECONNREFUSED", "ECANCELLED", "ENOTIMP", "EBADNAME", "ESERVFAIL", "EREFUSED"];
    return !silent.includes((error as NodeJS.ErrnoException).code ?? "");
  }
}
