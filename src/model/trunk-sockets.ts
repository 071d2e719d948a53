import type { Company } from "./company.ts";
import type { Problem } from "./problem.ts";

type Family = 4 | 6;

/** Scheme, host and transport of a trunk's host, whose form the schema has checked. */
const SIP_HOST = /^(sips?):(\[[^\]]*\]|[^:;]+)(?::\d+)?(?:;transport=(\w+))?$/i;

/**
 * Warnings for trunks that no call can go out to: an address that is reached over UDP needs a UDP socket of its family, where TCP
 * and TLS need none (RFC 3261 §18.1.1). What a name leads to is not known before it is asked for.
 *
 * @param udp families on which the server listens for UDP
 */
export function trunksWithoutSocket(company: Pick<Company, "trunks">, udp: readonly Family[]): Problem[] {
  return company.trunks.flatMap((trunk, index) => {
    const proxy = trunk.outboundProxy;
    const places =
      proxy === undefined
        ? trunk.hosts.map((host, at) => ({ host, path: ["trunks", index, "hosts", at] }))
        : [{ host: proxy, path: ["trunks", index, "outboundProxy"] }];
    return places.flatMap(({ host, path }): Problem[] => {
      const family = udpFamily(host);
      if (family === undefined || udp.includes(family)) return [];
      const wanted = family === 6 ? "[::]:5060" : "0.0.0.0:5060";
      const message = `Trunk "${trunk.name}" cannot be called here: the server listens on no IPv${family} address for UDP. Start it with --sip ${wanted} too, or reach the trunk by TCP or TLS (;transport=tcp).`;
      return [{ path, severity: "warning", code: "noSocket", message }];
    });
  });
}

/** Undefined: not UDP, or a name. */
function udpFamily(uri: string): Family | undefined {
  const [, scheme = "", host = "", transport = "udp"] = SIP_HOST.exec(uri) ?? [];
  if (scheme.toLowerCase() !== "sip" || transport.toLowerCase() !== "udp") return undefined;
  if (host.startsWith("[")) return 6;
  return /^\d+(?:\.\d+){3}$/.test(host) ? 4 : undefined;
}
