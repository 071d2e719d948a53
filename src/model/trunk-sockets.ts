import { formatHostPort } from "../lib/host-port.ts";
import { canonicalIp, familyOfIp } from "../lib/ip-address.ts";
import type { Company } from "./company.ts";
import type { Problem } from "./problem.ts";

type Family = 4 | 6;

/** Where a server hears SIP, as far as its trunks are concerned. */
export interface HeardAt {
  /** Families on which it listens for UDP. */
  readonly udp: readonly Family[];
  /** Its own places, `192.0.2.7:5060`, under every address of its machine where it listens on all, and as announced. */
  readonly places: readonly string[];
}

/** Scheme, host, port and transport of a trunk's host, whose form the schema has checked. */
const SIP_HOST = /^(sips?):(\[[^\]]*\]|[^:;]+)(?::(\d+))?(?:;transport=(\w+))?$/i;

/**
 * Warnings for trunks that no call can go out to: an address that is reached over UDP needs a UDP socket of its family, where TCP
 * and TLS need none (RFC 3261 §18.1.1); and this very server is no trunk. What a name leads to is not known before it is asked for.
 */
export function trunksWithoutSocket(company: Pick<Company, "trunks">, heard: HeardAt): Problem[] {
  return company.trunks.flatMap((trunk, index) => {
    const proxy = trunk.outboundProxy;
    const places =
      proxy === undefined
        ? trunk.hosts.map((host, at) => ({ host, path: ["trunks", index, "hosts", at] }))
        : [{ host: proxy, path: ["trunks", index, "outboundProxy"] }];
    const hasOthers = places.some(({ host }) => !heard.places.includes(placeOf(host).place));
    return places.flatMap(({ host, path }): Problem[] => {
      const { family, place, isUdp } = placeOf(host);
      const warning = { path, severity: "warning" } as const;
      if (heard.places.includes(place)) {
        const then = hasOthers ? "it is called at its other hosts only" : "no call can go out over it";
        const message = `Trunk "${trunk.name}": ${host} is this server itself (${place}); ${then}.`;
        return [{ ...warning, code: "ownPlace", message }];
      }
      if (!isUdp || family === undefined || heard.udp.includes(family)) return [];
      const wanted = family === 6 ? "[::]:5060" : "0.0.0.0:5060";
      const message = `Trunk "${trunk.name}" cannot be called here: the server listens on no IPv${family} address for UDP. Start it with --sip ${wanted} too, or reach the trunk by TCP or TLS (;transport=tcp).`;
      return [{ ...warning, code: "noSocket", message }];
    });
  });
}

/** `family` undefined: a name. */
function placeOf(uri: string): { family: Family | undefined; place: string; isUdp: boolean } {
  const [, scheme = "", bracketed = "", port, transport = "udp"] = SIP_HOST.exec(uri) ?? [];
  const written = bracketed.replace(/^\[|\]$/g, "").toLowerCase();
  const address = canonicalIp(written);
  const kind = scheme.toLowerCase() === "sips" ? "tls" : transport.toLowerCase();
  return {
    family: address === undefined ? undefined : familyOfIp(address),
    place: formatHostPort(address ?? written, Number(port ?? (kind === "tls" ? 5061 : 5060))),
    isUdp: kind === "udp",
  };
}
