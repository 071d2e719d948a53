import { formatHostPort } from "../lib/host-port.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { Said } from "../lib/said.ts";
import { isBehindNat } from "../model/network.ts";
import type { MediaPolicy, Snapshot, Trunk } from "../model/snapshot.ts";
import { storySaid } from "../model/story-words.ts";
import type { Clock } from "../runtime/clock.ts";
import type {
  AnswerChallenge,
  Flow,
  InviteWays,
  OurContact,
  PlaceWatch,
  Reach,
  SipUri,
  Target,
} from "../sip/index.ts";
import { targetOf } from "../sip/index.ts";
import { flowText, placeText } from "./flow-text.ts";
import type { ReachGuard } from "./reach-guard.ts";
import type { TargetHealth } from "./target-health.ts";
import { numberUri } from "./trunk-identity.ts";
import { searchTrunk } from "./trunk-search.ts";
import { isProbed, isSecure } from "./trunk-targets.ts";
import { type TrunkWayPorts, wayToTrunk } from "./trunk-way.ts";

/** One place where a leg can be sent. */
export interface Route {
  /** In words, for the story: `phone 215 at udp:192.0.2.7:5060`. */
  readonly label: string;
  readonly uri: string;
  readonly to: string;
  /** Route header values: a binding's Path, a trunk's proxy and service route. */
  readonly path: readonly string[];
  /** The way that is tried first. */
  readonly flow: Flow;
  /** All ways, for one INVITE. */
  readonly ways: () => InviteWays;
  /** Hears which of them answer. */
  readonly watch: PlaceWatch | undefined;
  /** Who we are in Contact; undefined: an address without a user part. */
  readonly contact: OurContact | undefined;
  /** Where whoever answers may lead us. */
  readonly reach: Reach;
  readonly trunk: Trunk | undefined;
  /** The extension of the phone that is there; undefined: a trunk. */
  readonly phone: string | undefined;
  readonly answerChallenge: AnswerChallenge | undefined;
  /** Who is there, in words: `phone 215`, `trunk "carrier"`. */
  readonly party: string;
  readonly media: MediaPolicy;
  /** A phone that registered with an address of its own network that its packets do not come from. */
  readonly behindNat: boolean;
}

/** A phone's registered contact, as the registrar keeps it. */
export interface RegisteredContact {
  readonly uri: SipUri;
  /** The same as a Request-URI is written. */
  readonly contactUri: string;
  readonly path: readonly string[];
  readonly flow: Flow | undefined;
}

/** What routing needs of the registrar, the resolver and the transports. */
export interface RoutingPorts extends TrunkWayPorts {
  /** Best first; empty: not registered. */
  bindings(extension: string): readonly RegisteredContact[];
  /** Digest credentials of a trunk, where it has any. */
  credentials(trunk: Trunk): AnswerChallenge | undefined;
  readonly health: TargetHealth;
  readonly clock: Clock;
}

/** Every registered contact of a phone; the number of contacts is limited by the registrar. */
export function routesToPhone(extension: string, snapshot: Snapshot, ports: RoutingPorts): readonly Route[] {
  const to = `<sip:${extension}@${snapshot.realm}>`;
  const guard = ports.reach();
  const routes: Route[] = [];
  for (const binding of ports.bindings(extension)) {
    const flow = flowTo(binding, ports);
    if (flow === undefined) continue;
    routes.push({
      label: `phone ${extension} at ${flowText(flow)}`,
      uri: uriAt(flow, binding, extension, guard),
      to,
      path: binding.path,
      flow,
      ways: () => [{ flow, more: false }].values(),
      watch: undefined,
      contact: undefined,
      reach: guard.phone(extension),
      trunk: undefined,
      phone: extension,
      answerChallenge: undefined,
      party: `phone ${extension}`,
      media: snapshot.phones.get(extension)?.media ?? "auto",
      behindNat: isBehindNat(binding.uri.host, flow.remote.host),
    });
  }
  return routes;
}

/**
 * The flow on which the phone registered, and no other: it has shown that it is there, and the flow passes its NAT
 * (RFC 5626 §5.3). Over UDP at the port of its Contact, where that names the very address that the REGISTER came from.
 * Undefined: it cannot be reached until it registers again.
 */
function flowTo(binding: RegisteredContact, ports: RoutingPorts): Flow | undefined {
  const { flow } = binding;
  const guard = ports.reach();
  if (flow?.open !== true || guard.isOurs(flow)) return undefined;
  if (flow.reliable) return flow;
  const target = targetOf(binding.uri);
  return target !== undefined && guard.isBesides(target, flow) ? (ports.flowTo(target) ?? flow) : flow;
}

/** No telephone number, in whatever spelling: a letter first, and nothing that could be decoded or end the user part. */
const NAME = /^[a-z][\w.~-]*$/i;

/**
 * A Contact's user is the phone's own affair where only the phone reads it. At a trunk's address (one machine, one NAT, a
 * proxy) the one who reads it may be the trunk, and there it must be no number that the phone has chosen.
 */
function uriAt(flow: Flow, binding: RegisteredContact, extension: string, guard: ReachGuard): string {
  if (!guard.isTrunks(flow.remote.host)) return binding.contactUri;
  const { user } = binding.uri;
  if (user === extension || (user !== undefined && NAME.test(user))) return binding.contactUri;
  const { host, port } = flow.remote;
  const transport = flow.transport === "udp" ? "" : `;transport=${flow.transport}`;
  return `sip:${extension}@${formatHostPort(host, port)}${transport}`;
}

/** A trunk's hosts in order, each with all its addresses; the error is a sentence. */
export async function routeToTrunk(
  number: string,
  trunk: Trunk,
  snapshot: Snapshot,
  ports: RoutingPorts,
): Promise<Result<Route, Said>> {
  const { places, flow, closed, routes } = await wayToTrunk(trunk, ports);
  const [first] = trunk.hosts;
  if (flow === undefined && closed !== undefined) return err(noWay(trunk, closed));
  if (first === undefined || flow === undefined) {
    const places = trunk.outboundProxy ?? trunk.hosts.join(", ");
    return err(storySaid("tried.unresolved", { trunk: trunk.name, places, secure: isSecure(trunk) }));
  }
  if (places.every((place) => ports.reach().isOurs(place)))
    return err(storySaid("tried.toItself", { trunk: trunk.name, place: flowText(flow) }));
  const line = ports.line(trunk);
  const plain = numberUri(number, trunk, hostOf(first), snapshot.home.country);
  const uri = isSecure(trunk) ? plain.replace("sip:", "sips:") : plain;
  return ok({
    label: `${number} through trunk "${trunk.name}"`,
    uri,
    to: `<${uri}>`,
    path: routes,
    flow,
    ways: () =>
      searchTrunk({
        places,
        isDown: (place) => ports.health.isDown(place, isProbed(trunk)),
        flowTo: (target) => ports.flowTo(target),
        clock: ports.clock,
      }),
    watch: ports.health,
    contact: { contactUser: trunk.contactUser ?? line?.contactUser, outboundFlow: line?.outboundFlow },
    reach: ports.reach().trunk(trunk),
    trunk,
    phone: undefined,
    answerChallenge: ports.credentials(trunk),
    party: `trunk "${trunk.name}"`,
    media: trunk.media,
    behindNat: false,
  });
}

/** Why there is no flow to a place that was found. */
function noWay({ name: trunk }: Trunk, target: Target): Said {
  const { transport, host } = target;
  const v6 = host.includes(":");
  const place = placeText(target);
  if (transport !== "udp") return storySaid("tried.noConnection", { trunk, place });
  const all = v6 ? "[::]" : "0.0.0.0";
  return storySaid("tried.noListener", { trunk, place, ip: v6 ? 6 : 4, all });
}

/** Host and port of a SIP URI, without its scheme and parameters. */
function hostOf(uri: string): string {
  const start = /^sips?:/i.exec(uri)?.[0].length ?? 0;
  const parameters = uri.slice(start).search(/[;?]/);
  const end = parameters < 0 ? uri.length : start + parameters;
  return uri.slice(Math.max(start, uri.lastIndexOf("@", end) + 1), end);
}
