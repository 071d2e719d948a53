import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import path from "node:path";
import { Program } from "../test/support/process.ts";
import { hasProgram } from "../tools/debian.ts";
import { Peer } from "./peer.ts";
import type { Rig } from "./rig.ts";

const CONFIGURATION = path.join(import.meta.dirname, "kamailio.cfg");

/** Where Debian puts the only module of `kamailio.cfg` that is not in the package `kamailio` itself. */
const HTTP_CLIENT = "/usr/lib/*/kamailio/modules/http_client.so";

/** Servers live in /usr/sbin, which a user's PATH may lack. */
const ENVIRONMENT = { PATH: `${process.env.PATH ?? ""}:/usr/sbin` };

/** Transactions of 800 calls/s that wait for the end of their timers. */
const SHARED_MIB = 256;

/** Undefined when Kamailio and its HTTP client are here; else what to type. */
export function kamailioMissing(): string | undefined {
  if (hasProgram("kamailio") && globSync(HTTP_CLIENT).length > 0) return undefined;
  return (
    "Kamailio with its HTTP client is not installed; without it there is no peer to measure beside. " +
    "Please type:  sudo apt-get install --no-install-recommends kamailio kamailio-utils-modules"
  );
}

/** Debian's Kamailio in Switchhook's place, by `kamailio.cfg`. */
export function startKamailio(rig: Rig): Promise<Peer> {
  const { folder, destination, receiver } = rig;
  const name = versionOf(spawnSync("kamailio", ["-v"], { env: ENVIRONMENT, encoding: "utf8" }).stdout);
  return Peer.start(name, rig, ({ host, port }) => {
    // -DD: the main process stays in the foreground, with its workers as its children; -E: it complains to stderr.
    const flags = ["-DD", "-E", "-f", CONFIGURATION, "-Y", folder, "-m", String(SHARED_MIB)];
    const defines = [
      `LISTEN=udp:${host}:${port}`,
      `DESTINATION="sip:${destination.host}:${destination.port}"`,
      `WEBHOOK="webhook=>http://${receiver.host}:${receiver.port}"`,
    ];
    const args = [...flags, ...defines.flatMap((define) => ["-A", define])];
    return new Program("kamailio", args, { env: ENVIRONMENT });
  });
}

/** `Kamailio 5.6.3` of what `kamailio -v` prints. */
export function versionOf(text: string): string {
  return `Kamailio ${/^version: kamailio (\S+)/m.exec(text)?.[1] ?? "of an unknown version"}`;
}
