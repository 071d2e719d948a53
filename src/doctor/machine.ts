import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { lstatSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";

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
}

const NAME_SERVER_MS = 2000;

/** The real one. */
export function thisMachine(now: () => number): Machine {
  return {
    nodeVersion: process.versions.node,
    uid: process.getuid?.() ?? -1,
    now,
    text: (file) => orUndefined(() => readFileSync(file, "utf8")),
    facts: (file) =>
      orUndefined(() => {
        const { uid, mode, mtimeMs } = lstatSync(file);
        return { uid, mode: mode & 0o777, changed: mtimeMs };
      }),
    names: (folder) =>
      orUndefined(() =>
        readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
      ) ?? [],
    freeOctets: (file) =>
      orUndefined(() => {
        const { bavail, bsize } = statfsSync(file);
        return bavail * bsize;
      }),
    tryPort: (transport, host, port) => (transport === "udp" ? tryUdp(host, port) : tryTcp(host, port)),
    addresses: () =>
      Object.values(networkInterfaces()).flatMap((all = []) =>
        all.filter(({ internal }) => !internal).map(({ address }) => address),
      ),
    nameServerAnswers,
  };
}

function orUndefined<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

async function tryUdp(host: string, port: number): Promise<string | undefined> {
  const socket = createSocket({ type: host.includes(":") ? "udp6" : "udp4", ipv6Only: host.includes(":") });
  try {
    socket.bind({ port, address: host, exclusive: true });
    await once(socket, "listening");
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    socket.close();
  }
}

async function tryTcp(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    server.close();
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
