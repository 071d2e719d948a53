import { parseHostPort } from "../config/load.ts";
import type { CounterStore } from "../lib/counters.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import {
  createResolver,
  type OpenTransports,
  OwnPlaces,
  parseUri,
  systemDns,
  type Target,
} from "../sip/index.ts";

/** Which addresses are ours, and where a URI leads. */
export interface Places {
  readonly isOurHost: (host: string) => boolean;
  readonly isOurs: (place: Parameters<OwnPlaces["has"]>[0]) => boolean;
  /** Where this URI leads (RFC 3263); nowhere, if it is none. */
  readonly resolve: (uri: string) => Promise<readonly Target[]>;
}

/** Of these listeners, by the name service of this machine. */
export function placesOf(
  { listeners }: Pick<OpenTransports, "listeners">,
  parts: { readonly ids: Ids; readonly counters: CounterStore; readonly warn: (text: string) => void },
): Places {
  const resolver = createResolver({
    ...parts,
    dns: systemDns({ clock: systemClock, timeoutMs: 2000, hostsFile: "/etc/hosts" }),
    clock: systemClock,
    // Streams need no listener (RFC 3261 §18.1.1).
    transports: listeners.some(({ transport }) => transport === "udp")
      ? ["udp", "tcp", "tls"]
      : ["tcp", "tls"],
  });
  const hosts = new Set(
    listeners.flatMap(({ local, announced = "" }) => [
      local.host,
      parseHostPort(announced)?.host ?? local.host,
    ]),
  );
  const anyHost = hosts.has("0.0.0.0") || hosts.has("::");
  const own = new OwnPlaces(listeners, systemClock);
  return {
    // Listening on every address, any address that a phone dials is ours.
    isOurHost: (host) => hosts.has(host) || (anyHost && /^[\d.:a-f]+$/i.test(host)),
    isOurs: (place) => own.has(place),
    async resolve(text) {
      const uri = parseUri(text);
      return uri.ok && "host" in uri.value ? resolver.resolve(uri.value) : [];
    },
  };
}
