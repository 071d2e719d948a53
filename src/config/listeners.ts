import { formatHost, formatHostPort, parseHostPort } from "../lib/host-port.ts";
import { canonicalIp } from "../lib/ip-address.ts";
import { err, ok, type Result } from "../lib/result.ts";

/** A place where SIP is heard, and what is announced instead of it. */
export interface ListenerSetting {
  readonly transport: "udp" | "tcp" | "tls";
  /** An IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** `host` or `host:port` for Via and Contact; without a port the listener's own. */
  readonly advertise?: string;
}

interface Given {
  readonly sip: readonly string[];
  readonly sips: readonly string[];
  readonly advertise: readonly string[];
}

export type Family = 4 | 6;

/** An entry of `--advertise`. */
interface Announcement {
  readonly text: string;
  /** Whose it is: all listeners, those of a transport, or one. */
  readonly whose: "all" | ListenerSetting["transport"] | { readonly host: string; readonly port: number };
  readonly host: string;
  /** Undefined: a name, for both families. */
  readonly family: Family | undefined;
  readonly port: number | undefined;
}

const HERE = ["0.0.0.0:5060"];

/**
 * The listeners of `--sip` and `--sips`, each with what it announces: the entry of `--advertise` for the listener itself, else
 * the one for its transport, else the one for all; an address is announced only by listeners of its family. Errors are sentences.
 */
export function listenersOf({
  sip,
  sips,
  advertise,
}: Given): Result<readonly ListenerSetting[], readonly string[]> {
  const plain = sip.length === 0 && sips.length === 0 ? HERE : sip;
  const places = [
    ...plain.flatMap((text) => [placeOf(text, "udp"), placeOf(text, "tcp")]),
    ...sips.map((text) => placeOf(text, "tls")),
  ];
  const read = advertise.map(readAnnouncement);
  const problems = read.flatMap((one) => (one.ok ? [] : [one.error]));
  const announcements = read.flatMap((one) => (one.ok ? [one.value] : []));
  const used = new Set<Announcement>();
  const listeners = places.map((place): ListenerSetting => {
    const fitting = announcements.filter((one) => isFor(one, place));
    const best = fitting.toSorted((a, b) => rank(b) - rank(a));
    const [first, second] = best;
    if (first === undefined) return place;
    for (const one of fitting) used.add(one);
    if (second !== undefined && rank(first) === rank(second)) problems.push(twice(first, second));
    const { host, port } = first;
    return { ...place, advertise: port === undefined ? host : `${formatHost(host)}:${port}` };
  });
  for (const one of announcements) if (!used.has(one)) problems.push(nobodys(one));
  return problems.length > 0 ? err([...new Set(problems)]) : ok(listeners);
}

/** What of the listeners is asked by who looks at trunks. */
export interface Heard {
  /** Families on which SIP is heard over UDP. */
  readonly udp: Family[];
  /** `192.0.2.7:5060`: each place where it is heard, on all addresses under each of them, and as announced. */
  readonly places: string[];
}

/** `interfaces`: the addresses of this machine. */
export function heardAt(listeners: readonly ListenerSetting[], interfaces: Interfaces): Heard {
  const udp = listeners.filter(({ transport }) => transport === "udp").map(familyOf);
  const all = Object.values(interfaces).flatMap((list) => list?.map(({ address }) => address) ?? []);
  const places = listeners.flatMap(({ host, port, advertise }) => {
    const isEverywhere = host === "0.0.0.0" || host === "::";
    const v6 = host.includes(":");
    const hosts = isEverywhere ? all.filter((address) => address.includes(":") === v6) : [host];
    const here = hosts.map((address) => formatHostPort(address, port));
    if (advertise === undefined) return here;
    const announced = parseHostPort(advertise) ?? { host: advertise, port };
    return [...here, formatHostPort(inOneForm(announced.host), announced.port)];
  });
  return { udp: [...new Set(udp)], places: [...new Set(places)] };
}

type Interfaces = Readonly<Record<string, readonly { readonly address: string }[] | undefined>>;

/** 4 or 6 for an IP address without brackets, undefined for anything else. */
export function addressFamily(text: string): Family | undefined {
  if (/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text) && !/(?:^|\.)0\d/.test(text)) return 4;
  return /^[\dA-Fa-f:.]{2,45}$/.test(text) && text.includes(":") && URL.canParse(`http://[${text}]/`)
    ? 6
    : undefined;
}

/** The host that an `--advertise` tells others, without whose it is, the port and brackets. */
export function announcedHost(text: string): string {
  const right = text.slice(text.indexOf("=") + 1);
  return parseHostPort(right)?.host ?? right.replace(/^\[(.*)\]$/, "$1");
}

/** Whether others can be told this address: neither "everywhere" nor a group of hosts. */
export function isOnesAddress(text: string): boolean {
  const family = addressFamily(text);
  if (family === 6) return !/^(?:[0:]+$|ff|::ffff:)/i.test(text);
  const first = Number.parseInt(text, 10);
  return family === 4 && first > 0 && first < 224;
}

function placeOf(text: string, transport: ListenerSetting["transport"]): ListenerSetting {
  const { host, port } = parseHostPort(text) ?? { host: text, port: 5060 };
  return { transport, host: inOneForm(host), port };
}

/** So that two can be compared, whatever somebody typed. */
function inOneForm(host: string): string {
  return canonicalIp(host) ?? host.toLowerCase();
}

function readAnnouncement(text: string): Result<Announcement, string> {
  const wrong = (why: string): Result<Announcement, string> => err(`--advertise: "${text}" ${why}`);
  const equals = text.indexOf("=");
  const left = text.slice(0, Math.max(equals, 0)).toLowerCase();
  const listener = parseHostPort(left);
  const one = listener === undefined ? undefined : { ...listener, host: inOneForm(listener.host) };
  const whose = equals < 0 ? "all" : left === "udp" || left === "tcp" || left === "tls" ? left : one;
  if (whose === undefined)
    return wrong("begins neither with udp=, tcp= or tls=, nor with a listener, as in 0.0.0.0:5060=HOST.");
  const right = text.slice(equals + 1);
  const withPort = parseHostPort(right);
  const host = announcedHost(text);
  const family = addressFamily(host);
  if (family === undefined && !isName(host))
    return wrong("names no host: give a name, an IPv4 address, or an IPv6 address.");
  if (family !== undefined && !isOnesAddress(host)) return wrong("is no address that others can reach.");
  if (withPort?.port === 0) return wrong("has port 0, which is no port.");
  if (withPort !== undefined && whose === "all")
    return wrong(`has a port: say whose it is, as in udp=${right} or 0.0.0.0:5060=${right}.`);
  return ok({ text, whose, host, family, port: withPort?.port });
}

/** A host name with a letter in its last label: what is only digits is an address that is none. */
function isName(host: string): boolean {
  return (
    host.length <= 253 &&
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?$/.test(
      host,
    )
  );
}

function isFor({ whose, family }: Announcement, place: ListenerSetting): boolean {
  if (family !== undefined && family !== familyOf(place)) return false;
  if (whose === "all" || whose === place.transport) return true;
  return typeof whose === "object" && whose.host === place.host.toLowerCase() && whose.port === place.port;
}

/** The closer to one listener, the higher; an address counts before a name. */
function rank({ whose, family }: Announcement): number {
  const closeness = whose === "all" ? 0 : typeof whose === "string" ? 2 : 4;
  return closeness + (family === undefined ? 0 : 1);
}

function familyOf({ host }: ListenerSetting): Family {
  return host.includes(":") ? 6 : 4;
}

function twice(first: Announcement, second: Announcement): string {
  return `--advertise: "${first.text}" and "${second.text}" are for the same listener; one of them has to go.`;
}

function nobodys({ text, whose, family }: Announcement): string {
  const kind =
    typeof whose === "object" ? "at that place" : whose === "all" ? "" : `for ${whose.toUpperCase()}`;
  const what = [family === undefined ? "" : `for IPv${family}`, kind]
    .filter((part) => part !== "")
    .join(" and ");
  return `--advertise: "${text}" would be announced nowhere: there is no listener ${what}; --sip and --sips say where there are.`;
}
