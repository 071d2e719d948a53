import { BlockList, isIPv4 } from "node:net";
import { addressFamily, announcedHost, type ListenerSetting } from "../config/listeners.ts";
import type { Settings } from "../config/schema.ts";
import { formatHostPort, parseHostPort } from "../lib/host-port.ts";
import { canonicalIp } from "../lib/ip-address.ts";
import type { Place } from "./ask.ts";
import { type Finding, findingsOf } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** What SIP over UDP asks for (sip/transport/limits.ts). */
const BUFFER_OCTETS = 4 * 1024 * 1024;
const ENOUGH_FILES = 8192;

/** Addresses that nobody on the Internet reaches: RFC 1918, RFC 6598, link-local, unique local. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["169.254.0.0", 16],
] as const)
  PRIVATE.addSubnet(network, bits);
PRIVATE.addSubnet("fc00::", 7, "ipv6");
PRIVATE.addSubnet("fe80::", 10, "ipv6");

/** Whether the ports can be had; a server that runs has them. */
export async function checkPorts(
  machine: Machine,
  {
    listeners,
    http,
    runs,
  }: {
    readonly listeners: readonly ListenerSetting[];
    readonly http: string;
    readonly runs: boolean | undefined;
  },
): Promise<readonly Finding[]> {
  const { ok, hint, fault } = findingsOf("ports");
  const api = parseHostPort(http);
  const wanted = [
    ...listeners.map(({ transport, host, port }) => ({
      what: `SIP over ${transport.toUpperCase()}`,
      transport,
      host,
      port,
    })),
    ...(api === undefined ? [] : [{ what: "the web interface", transport: "tcp" as const, ...api }]),
  ];
  if (runs === true) return [ok(`The server runs, and has ${listOf(wanted)}.`)];
  const found: Finding[] = [];
  for (const { what, transport, host, port } of wanted) {
    const kind = transport === "udp" ? "udp" : "tcp";
    const code = await machine.tryPort(kind, host, port);
    if (code === undefined) continue;
    const place = `${formatHostPort(host, port)} for ${what}`;
    const show = `ss -Hlnp${kind === "udp" ? "u" : "t"} 'sport = :${port}'`;
    if (code === "EADDRINUSE")
      found.push(
        runs === undefined
          ? hint(
              `${place} is taken. Whether the server has it or another program, this user may not see.`,
              "sudo switchhook doctor",
            )
          : fault(`Another program has ${place}.`, show),
      );
    else if (code === "EADDRNOTAVAIL")
      found.push(fault(`This machine has no address ${host}, which ${what} wants.`, "ip -brief address"));
    else if (code === "EACCES")
      found.push(
        fault(
          `Ports below 1024, as ${place}, are root's.`,
          "sysctl -w net.ipv4.ip_unprivileged_port_start=80",
        ),
      );
    else found.push(fault(`${place} cannot be had: ${code}.`, show));
  }
  return found.length > 0 ? found : [ok(`${listOf(wanted)} are free.`)];
}

/** So many ports of the range for sound are tried, from its beginning to its end. */
const SOUND_TRIES = 8;

/** Whether there are ports for sound; that another program has some of them is no harm. */
export async function checkSound(
  machine: Machine,
  {
    rtpMin,
    rtpMax,
    runs,
  }: { readonly rtpMin: number; readonly rtpMax: number; readonly runs: boolean | undefined },
): Promise<readonly Finding[]> {
  if (runs === true) return [];
  const { fault } = findingsOf("ports");
  const pairs = Math.floor((rtpMax - rtpMin + 1) / 2);
  const count = Math.min(SOUND_TRIES, pairs);
  const tries = Array.from({ length: count }, (_, nth) => Math.floor((nth * pairs) / count));
  for (const pair of tries) {
    const code = await machine.tryPort("udp", "0.0.0.0", rtpMin + 2 * pair);
    if (code !== "EADDRINUSE") return [];
  }
  return [
    fault(
      `Another program has the UDP ports ${rtpMin}-${rtpMax} for sound: each of ${tries.length} that were tried is taken.`,
      `ss -Hlnpu 'sport >= :${rtpMin} and sport <= :${rtpMax}'`,
    ),
  ];
}

function listOf(
  wanted: readonly { readonly transport: string; readonly host: string; readonly port: number }[],
): string {
  return wanted.map(({ transport, host, port }) => `${transport} ${formatHostPort(host, port)}`).join(", ");
}

/** Room for what comes in while the program is busy; files that it may have open. */
export function checkLimits(machine: Machine): readonly Finding[] {
  const buffers = findingsOf("buffers");
  const limits = findingsOf("limits");
  const most = Number(machine.text("/proc/sys/net/core/rmem_max") ?? Number.NaN);
  const open = /^Max open files\s+(\d+)/m.exec(machine.text("/proc/self/limits") ?? "")?.[1];
  return [
    most < BUFFER_OCTETS
      ? buffers.warning(
          `The kernel gives a socket ${most} octets at most, and SIP over UDP asks for ${BUFFER_OCTETS}: a burst of calls would lose packets.`,
          `sysctl -w net.core.rmem_max=${BUFFER_OCTETS * 2}`,
        )
      : buffers.ok("The kernel gives sockets the buffers that SIP over UDP asks for."),
    open !== undefined && Number(open) < ENOUGH_FILES
      ? limits.hint(
          `This shell may open ${open} files. The service has its own limit (LimitNOFILE); whoever starts the server by hand raises it first.`,
          "ulimit -n 65536",
        )
      : limits.ok(`${open ?? "Any number of"} files may be open.`),
  ];
}

/** Whether others are told an address that they can reach. */
export function checkAddress(
  machine: Machine,
  { advertise, rtpAddress }: Pick<Settings, "advertise" | "rtpAddress">,
): readonly Finding[] {
  const { ok, hint, warning, fault } = findingsOf("address");
  const own = machine.addresses();
  if (own.length === 0)
    return [fault("This machine has no network but its own loopback.", "ip -brief address")];
  const outside = own.filter((address) => !PRIVATE.check(address, isIPv4(address) ? "ipv4" : "ipv6"));
  const v4 = outside.find((address) => isIPv4(address)) ?? outside[0];
  if (advertise.length > 0) {
    if (rtpAddress.length > 0)
      return [ok(`Others are told ${advertise.join(", ")}, and ${rtpAddress.join(", ")} for sound.`)];
    return [
      warning(
        `Others are told ${advertise.join(", ")} for SIP, and ${v4 ?? own[0]} for sound: behind NAT nobody would be heard.`,
        `SWITCHHOOK_RTP_ADDRESS=${advertise[0]}`,
      ),
    ];
  }
  if (v4 !== undefined) return [ok(`This machine has the public address ${v4}.`)];
  return [
    hint(
      `This machine has private addresses only (${own.join(", ")}). Trunks and phones out on the Internet must be told the one that the router has. Which: switchhook doctor --stun HOST:PORT (asks that STUN server).`,
      "SWITCHHOOK_ADVERTISE=203.0.113.5 SWITCHHOOK_RTP_ADDRESS=203.0.113.5",
    ),
  ];
}

/** Lays what others are told beside what a STUN server sees, where the operator named one: IPv4 beside IPv4, IPv6 beside IPv6. */
export async function compareAddress(
  machine: Machine,
  server: Place | undefined,
  { advertise }: Pick<Settings, "advertise">,
): Promise<readonly Finding[]> {
  if (server === undefined) return [];
  const told = [...new Set(advertise.map(announcedHost).map((host) => canonicalIp(host) ?? host))];
  const families = new Set(told.map(addressFamily).filter((family) => family !== undefined));
  const asked = families.size === 0 ? [undefined] : [...families];
  const answers = await Promise.all(asked.map((family) => machine.addressSeenBy(server, family)));
  const seen = answers.filter((answer) => answer !== undefined);
  if (seen.length > 0) return seen.map((one) => compareSeen(machine, server, { seen: one, told }));
  return [
    findingsOf("address").warning(
      `The STUN server ${server.host} did not answer within 3 s: is UDP to it let through?`,
      "nft list ruleset",
    ),
  ];
}

function compareSeen(
  machine: Machine,
  { host }: Place,
  { seen, told }: { readonly seen: string; readonly told: readonly string[] },
): Finding {
  const { ok, hint, warning, fault } = findingsOf("address");
  const sentence = `${host} sees this machine at ${seen}`;
  const line = `SWITCHHOOK_ADVERTISE=${seen} SWITCHHOOK_RTP_ADDRESS=${seen}`;
  const [first] = told;
  if (first === undefined)
    return machine.addresses().includes(seen)
      ? ok(`${sentence}, which is its own address.`)
      : warning(
          `${sentence}, so it is behind NAT, and others are told an address that they cannot reach.`,
          line,
        );
  const alike = told.filter((one) => addressFamily(one) === addressFamily(seen));
  if (alike.includes(seen)) return ok(`${sentence}, which is what others are told.`);
  if (alike.length > 0) return fault(`${sentence}, and others are told ${alike.join(", ")}.`, line);
  return hint(
    `${sentence}, and others are told ${told.join(", ")}: whether that leads there was not looked up.`,
    `getent ahosts ${first}`,
  );
}

/** A firewall that is known to be on, and what has to be open in it. */
export function checkFirewall(
  machine: Machine,
  {
    listeners,
    rtpMin,
    rtpMax,
  }: { readonly listeners: readonly ListenerSetting[] } & Pick<Settings, "rtpMin" | "rtpMax">,
): readonly Finding[] {
  const { hint } = findingsOf("firewall");
  const ports = [
    ...new Set(listeners.map(({ transport, port }) => `${port}/${transport === "udp" ? "udp" : "tcp"}`)),
  ];
  const open = [...ports, `${rtpMin}-${rtpMax}/udp`];
  const needs = `Phones and trunks need ${open.join(", ")}.`;
  if (/^ENABLED=yes/m.test(machine.text("/etc/ufw/ufw.conf") ?? ""))
    return [
      hint(
        `The firewall ufw is on. ${needs}`,
        open.map((port) => `ufw allow ${port.replace("-", ":")}`).join("; "),
      ),
    ];
  if (machine.facts("/run/firewalld.pid") !== undefined)
    return [
      hint(
        `The firewall firewalld is on. ${needs}`,
        `firewall-cmd --permanent ${open.map((port) => `--add-port=${port}`).join(" ")}; firewall-cmd --reload`,
      ),
    ];
  return [hint(`${needs} Whether a firewall is in the way cannot be told from here.`, "nft list ruleset")];
}

/** Whether names can be looked up: of trunks, and of webhooks. */
export async function checkNames(machine: Machine): Promise<readonly Finding[]> {
  const { ok, warning, fault } = findingsOf("names");
  const servers = [...(machine.text("/etc/resolv.conf") ?? "").matchAll(/^nameserver\s+(\S+)/gm)].map(
    ([, server = ""]) => server,
  );
  if (servers.length === 0)
    return [
      fault("No name server is set, so no trunk or webhook is found by its name.", "cat /etc/resolv.conf"),
    ];
  const answers = await Promise.all(servers.map((server) => machine.nameServerAnswers(server)));
  const silent = servers.filter((_server, index) => answers[index] === false);
  if (silent.length === 0) return [ok(`The name servers ${servers.join(", ")} answer.`)];
  const all = silent.length === servers.length;
  const sentence = `The name server${silent.length > 1 ? "s" : ""} ${silent.join(", ")} did not answer within 2 s`;
  return [
    all
      ? fault(
          `${sentence}, and there is no other: trunks and webhooks are not found by their names.`,
          "resolvectl status",
        )
      : warning(`${sentence}: each look-up that begins there is slow.`, "resolvectl status"),
  ];
}
