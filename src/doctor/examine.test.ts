import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ownAddress } from "../../test/support/loopback.ts";
import { type Flags, loadSettings } from "../config/load.ts";
import { err, ok } from "../lib/result.ts";
import { examine, type Patient } from "./examine.ts";
import { CHECKS, type Check, type Finding } from "./finding.ts";
import { type Machine, thisMachine } from "./machine.ts";

const DATA = "/var/lib/switchhook";
const NOW = Date.parse("2026-06-01T12:00:00Z");
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const OWN = 990;

const TEXTS: Readonly<Record<string, string>> = {
  "/etc/passwd":
    "root:x:0:0:root:/root:/bin/sh\nswitchhook:x:990:990::/var/lib/switchhook:/usr/sbin/nologin\n",
  "/etc/resolv.conf": "# made by hand\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n",
  "/proc/sys/net/core/rmem_max": "8388608\n",
  "/proc/self/limits":
    "Limit  Soft  Hard  Units\nMax open files            65536                65536                files\n",
};

const file = (uid = OWN, mode = 0o600, changed = NOW - DAY_MS) => ({ uid, mode, changed });
const FILES: Readonly<Record<string, ReturnType<typeof file>>> = {
  [DATA]: file(OWN, 0o700),
  [`${DATA}/switchhook.db`]: file(),
  "/run/systemd/timesync/synchronized": file(0),
};

/** A machine on which all is well, but for `faults`. */
function machine(
  faults: Partial<Machine> & { readonly texts?: object; readonly files?: object } = {},
): Machine {
  const texts: Readonly<Record<string, string>> = { ...TEXTS, ...faults.texts };
  const files: Readonly<Record<string, ReturnType<typeof file>>> = { ...FILES, ...faults.files };
  return {
    nodeVersion: "24.21.0",
    uid: 0,
    now: () => NOW,
    text: (name) => texts[name],
    facts: (name) => files[name],
    folderFacts: (name) => files[name],
    names: (folder) => Object.keys(files).filter((name) => name.startsWith(`${folder}/`)),
    freeOctets: () => 50 * 2 ** 30,
    tryPort: async () => undefined,
    addresses: () => ["203.0.113.5"],
    nameServerAnswers: async () => true,
    addressSeenBy: async () => assert.fail("nobody is asked who was not named"),
    clockAheadOf: async () => assert.fail("nobody is asked who was not named"),
    ...faults,
  };
}

async function look(
  its: Machine,
  more: { readonly flags?: Flags } & Partial<Patient> = {},
): Promise<readonly Finding[]> {
  return examine(its, {
    settings: loadSettings(more.flags ?? {}, {}),
    dataDir: DATA,
    runs: false,
    madeAt: NOW - 30 * DAY_MS,
    certificate: async () => undefined,
    ...more,
  });
}

test("a machine on which all is well has no fault, and what cannot be told from inside is a hint", async () => {
  const found = await look(machine(), { certificate: async () => ok({ from: 0, to: NOW + YEAR_MS }) });
  assert.deepEqual(
    found.map(({ check }) => check).toSorted(),
    [...CHECKS].toSorted(),
    "each is looked at once",
  );
  assert.deepEqual(
    found.filter(({ level }) => level !== "ok").map(({ check, level }) => `${check}: ${level}`),
    ["firewall: hint"],
  );
});

const BUSY = async (transport: string): Promise<string | undefined> =>
  transport === "udp" ? "EADDRINUSE" : undefined;
const STUN = { host: "stun.example", port: 3478 };
const NTP = { host: "ntp.example", port: 123 };
const TLS: Flags = { sips: ["0.0.0.0:5061"], tlsCert: "c.pem", tlsKey: "k.pem" };
const ends = (days: number) => ({
  flags: TLS,
  certificate: async () => ok({ from: 0, to: NOW + days * DAY_MS }),
});

/** What is planted, whose finding it is, how bad it is, what is said, and the line to type. */
const FAULTS: readonly (readonly [
  check: Check,
  level: Finding["level"],
  sentence: RegExp,
  command: RegExp,
  its: Machine,
  more?: Parameters<typeof look>[1],
])[] = [
  ["node", "fault", /Node 20\.1\.0/, /npm ci/, machine({ nodeVersion: "20.1.0" })],
  [
    "settings",
    "fault",
    /--sips needs a certificate/,
    /help start/,
    machine(),
    { flags: { sips: ["0.0.0.0:5061"] } },
  ],
  [
    "folder",
    "fault",
    /switchhook\.db does not belong to switchhook/,
    /^chown -R switchhook:switchhook \/var\/lib\/switchhook\/$/,
    machine({ files: { [`${DATA}/switchhook.db`]: file(0) } }),
  ],
  ["folder", "fault", /does not belong to user 1000/, /^chown -R 1000 /, machine({ uid: 1000 })],
  [
    "folder",
    "warning",
    /Others on this machine/,
    /^chmod 700 /,
    machine({ files: { [DATA]: file(OWN, 0o755) } }),
  ],
  ["disk", "fault", /^50 MiB are free .* refused/, /vacuum/, machine({ freeOctets: () => 50 * 2 ** 20 })],
  ["disk", "warning", /^500 MiB/, /df -h/, machine({ freeOctets: () => 500 * 2 ** 20 })],
  [
    "clock",
    "fault",
    /says 2025-06-01 .* made on 2026-05-02/,
    /timedatectl/,
    machine({ now: () => NOW - YEAR_MS }),
  ],
  [
    "clock",
    "fault",
    /database was written on 2027-05-31/,
    /timedatectl/,
    machine({ files: { [`${DATA}/switchhook.db`]: file(OWN, 0o600, NOW + 364 * DAY_MS) } }),
  ],
  ["clock", "warning", /years after/, /timedatectl/, machine({ now: () => NOW + 4 * YEAR_MS })],
  [
    "clock",
    "warning",
    /nothing was found that keeps it right/,
    /set-ntp/,
    machine({ files: { "/run/systemd/timesync/synchronized": undefined } }),
  ],
  [
    "ports",
    "fault",
    /Another program has 0\.0\.0\.0:5060 for SIP over UDP/,
    /^ss -Hlnpu 'sport = :5060'$/,
    machine({ tryPort: BUSY }),
  ],
  [
    "ports",
    "hint",
    /^0\.0\.0\.0:5060 for SIP over UDP is taken\. Whether the server has it .* may not see\.$/,
    /^sudo switchhook doctor$/,
    machine({ tryPort: BUSY }),
    { runs: undefined },
  ],
  [
    "ports",
    "fault",
    /no address 192\.0\.2\.7/,
    /^ip -brief/,
    machine({ tryPort: async (_kind, host) => (host === "192.0.2.7" ? "EADDRNOTAVAIL" : undefined) }),
    { flags: { sip: ["192.0.2.7:5060"] } },
  ],
  [
    "ports",
    "fault",
    /below 1024/,
    /ip_unprivileged_port_start=80/,
    machine({ tryPort: async (_kind, _host, port) => (port < 1024 ? "EACCES" : undefined) }),
    { flags: { http: "127.0.0.1:80" } },
  ],
  [
    "ports",
    "fault",
    /has the UDP ports 30000-39999 for sound: each of 8 that were tried is taken/,
    /^ss -Hlnpu 'sport >= :30000 and sport <= :39999'$/,
    machine({ tryPort: async (_kind, _host, port) => (port >= 30_000 ? "EADDRINUSE" : undefined) }),
  ],
  [
    "buffers",
    "warning",
    /212992 octets/,
    /rmem_max=8388608/,
    machine({ texts: { "/proc/sys/net/core/rmem_max": "212992\n" } }),
  ],
  [
    "limits",
    "hint",
    /may open 1024 files/,
    /ulimit -n/,
    machine({ texts: { "/proc/self/limits": "Max open files 1024 524288 files\n" } }),
  ],
  ["names", "fault", /No name server is set/, /resolv\.conf/, machine({ texts: { "/etc/resolv.conf": "" } })],
  [
    "names",
    "fault",
    /192\.0\.2\.53, 192\.0\.2\.54 did not answer/,
    /resolvectl/,
    machine({ nameServerAnswers: async () => false }),
  ],
  [
    "names",
    "warning",
    /server 192\.0\.2\.53 did not answer/,
    /resolvectl/,
    machine({ nameServerAnswers: async (server) => server !== "192.0.2.53" }),
  ],
  [
    "address",
    "hint",
    /private addresses only \(10\.0\.0\.5, fe80::1\)/,
    /SWITCHHOOK_ADVERTISE=/,
    machine({ addresses: () => ["10.0.0.5", "fe80::1"] }),
  ],
  [
    "address",
    "warning",
    /10\.0\.0\.5 for sound/,
    /SWITCHHOOK_RTP_ADDRESS=203\.0\.113\.9/,
    machine({ addresses: () => ["10.0.0.5"] }),
    { flags: { advertise: ["203.0.113.9"] } },
  ],
  [
    "address",
    "warning",
    /^stun\.example sees this machine at 198\.51\.100\.7, so it is behind NAT/,
    /^SWITCHHOOK_ADVERTISE=198\.51\.100\.7 SWITCHHOOK_RTP_ADDRESS=198\.51\.100\.7$/,
    machine({ addresses: () => ["10.0.0.5"], addressSeenBy: async () => "198.51.100.7" }),
    { stun: STUN },
  ],
  [
    "address",
    "fault",
    /at 198\.51\.100\.7, and others are told 203\.0\.113\.9\.$/,
    /SWITCHHOOK_ADVERTISE=198\.51\.100\.7/,
    machine({ addressSeenBy: async () => "198.51.100.7" }),
    { stun: STUN, flags: { advertise: ["203.0.113.9"], rtpAddress: ["203.0.113.9"] } },
  ],
  [
    "address",
    "ok",
    /at 203\.0\.113\.9, which is what others are told\.$/,
    /^$/,
    machine({ addressSeenBy: async (_server, family) => (family === 4 ? "203.0.113.9" : "2001:db8::9") }),
    { stun: STUN, flags: { advertise: ["udp=203.0.113.9"], rtpAddress: ["203.0.113.9"] } },
  ],
  [
    "address",
    "ok",
    /at 2001:db8::9, which is what others are told\.$/,
    /^$/,
    machine({ addressSeenBy: async (_server, family) => (family === 6 ? "2001:db8::9" : undefined) }),
    {
      stun: STUN,
      flags: { sip: ["[::]:5060"], advertise: ["2001:DB8:0::9"], rtpAddress: ["2001:db8::9"] },
    },
  ],
  [
    "address",
    "hint",
    /others are told pbx\.example: whether that leads there was not looked up\.$/,
    /^getent ahosts pbx\.example$/,
    machine({ addressSeenBy: async () => "2001:db8::9" }),
    { stun: STUN, flags: { advertise: ["pbx.example"], rtpAddress: ["203.0.113.9"] } },
  ],
  [
    "address",
    "warning",
    /STUN server stun\.example did not answer/,
    /nft/,
    machine({ addressSeenBy: async () => undefined }),
    { stun: STUN },
  ],
  [
    "address",
    "ok",
    /at 203\.0\.113\.5, which is its own address/,
    /^$/,
    machine({ addressSeenBy: async () => "203.0.113.5" }),
    { stun: STUN },
  ],
  [
    "clock",
    "fault",
    /^The clock is 31,536,000 s ahead of that of ntp\.example/,
    /set-ntp/,
    machine({ clockAheadOf: async () => YEAR_MS }),
    { ntp: NTP },
  ],
  [
    "clock",
    "warning",
    /^The clock is 1500 ms behind that/,
    /set-ntp/,
    machine({ clockAheadOf: async () => -1500 }),
    { ntp: NTP },
  ],
  [
    "clock",
    "warning",
    /NTP server ntp\.example did not answer/,
    /timesync/,
    machine({ clockAheadOf: async () => undefined }),
    { ntp: NTP },
  ],
  ["address", "fault", /no network/, /ip -brief/, machine({ addresses: () => [] })],
  [
    "firewall",
    "hint",
    /ufw is on.*5060\/udp, 5060\/tcp, 30000-39999\/udp/,
    /^ufw allow 5060\/udp; ufw allow 5060\/tcp; ufw allow 30000:39999\/udp$/,
    machine({ texts: { "/etc/ufw/ufw.conf": "ENABLED=yes\n" } }),
  ],
  [
    "firewall",
    "hint",
    /firewalld is on/,
    /--add-port=5060\/udp/,
    machine({ files: { "/run/firewalld.pid": file(0) } }),
  ],
  [
    "certificate",
    "fault",
    /does not belong/,
    /ls -lL c\.pem k\.pem/,
    machine(),
    { flags: TLS, certificate: async () => err("--tls-key: it does not belong to the certificate.") },
  ],
  ["certificate", "fault", /ended 3 days ago/, /openssl x509/, machine(), ends(-3)],
  ["certificate", "warning", /ends in 5 days/, /openssl x509/, machine(), ends(5)],
];

for (const [check, level, sentence, command, its, more] of FAULTS)
  test(`a planted fault is found, with the line to type: ${check}, ${sentence.source}`, async () => {
    const found = (await look(its, more)).filter((one) => one.check === check && one.level === level).at(-1);
    assert.ok(found, `${check} has no ${level}`);
    assert.match(found.sentence, sentence);
    assert.match(found.command ?? "", command);
  });

test("a real folder with files of somebody else, a port that is taken, and a clock that is behind", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-doctor-"));
  const address = ownAddress();
  const taken = createServer().listen(0, address);
  try {
    await once(taken, "listening");
    const place = taken.address();
    assert.ok(typeof place === "object" && place !== null);
    mkdirSync(join(folder, "d"));
    chmodSync(join(folder, "d"), 0o755);
    writeFileSync(join(folder, "d/switchhook.db"), "");
    const later = Date.now() / 1000 + 400 * 86_400;
    utimesSync(join(folder, "d/switchhook.db"), later, later);
    const found = await examine(thisMachine(Date.now), {
      settings: loadSettings({ sip: [`${address}:${place.port}`], http: `${address}:0` }, {}),
      dataDir: join(folder, "d"),
      runs: false,
      madeAt: 0,
      certificate: async () => undefined,
    });
    const of = (check: Check): string =>
      found
        .filter((one) => one.check === check)
        .map((one) => one.sentence)
        .join(" ");
    assert.match(
      of("ports"),
      new RegExp(`^Another program has ${address}:${place.port} for SIP over TCP\\.$`),
    );
    assert.match(of("folder"), /Others on this machine may look into/);
    assert.match(of("clock"), /the database was written on/);
    assert.match(of("disk"), /MiB are free/);
    assert.match(of("buffers"), /The kernel gives/);
  } finally {
    taken.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
