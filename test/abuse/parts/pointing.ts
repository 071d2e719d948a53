// Ways to name an address in SIP, and the places of a message where they are written.

/** A value of Contact, Record-Route, Route or Path that asks for packets to `host:port`. */
export type Spelling = (host: string, port: number) => string;

export const SPELLINGS: readonly Spelling[] = [
  (host, port) => `<sip:x@${host}:${port}>`,
  (host, port) => `<sip:x@${host}:${port};transport=tcp>`,
  (host, port) => `<sip:${host}:${port};lr>`,
  (host, port) => `<sip:+3190012345@${host}:${port};user=phone>`,
  (host) => `<sip:x@example.org;maddr=${host}>`,
  (host, port) => `<sip:x@[::ffff:${host}]:${port}>`,
  (host, port) => `<sip:x@[::ffff:${hex(host, 2, ":")}]:${port};transport=udp>`,
  (host, port) => `<sips:x@${host}:${port}>`,
  (host, port) => `<sip:x@${Number.parseInt(hex(host, 4, ""), 16)}:${port}>`,
  (host, port) => `<sip:x@0x${hex(host, 4, "")}:${port};lr>`,
  (host, port) => `<sip:x@${octal(host)}:${port}>`,
  (host, port) => `<sip:x@${host}:${port}?Route=%3Csip%3A${host}%3A${port}%3Blr%3E>`,
  (host, port) => `"A, B" <SIP:+3190012345@${host}:${port};transport=TCP;lr>;q=0.1`,
  (host) => `<sip:x@${host}>`,
  (host, port) => `<sip:x@${host.replaceAll(".", "-")}.nip.io:${port};maddr=${host}>`,
];

/** Who writes it, where. */
export type Place = (typeof PLACES)[number];

export const PLACES = [
  "a phone's registered Contact",
  "a phone's Path",
  "the Contact of a phone's 180 and 200",
  "the Record-Route of a phone's 200",
  "the Contact of a phone's 302",
  "the Contact of a phone's re-INVITE",
  "the Contact of a phone's UPDATE",
  "the Contact of a phone's 200 to our re-INVITE",
  "the Contact of a calling phone's INVITE",
  "the Record-Route of a calling phone's INVITE",
  "the Contact of a trunk's INVITE",
  "the Record-Route of a trunk's INVITE",
  "the Route of a trunk's INVITE",
  "the Contact of a trunk's re-INVITE",
] as const;

export interface Way {
  readonly place: Place;
  readonly spell: Spelling;
}

/** Five spellings at each place, so that every spelling comes at several. */
export const WAYS: readonly Way[] = PLACES.flatMap((place, at) =>
  [0, 1, 2, 3, 4].map((step) => {
    const spell = SPELLINGS[(at * 4 + step * 3) % SPELLINGS.length];
    if (spell === undefined) throw new Error("no such spelling");
    return { place, spell };
  }),
);

/** The octets in groups of `size`, hexadecimal. */
function hex(host: string, size: number, between: string): string {
  const octets = host.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  const groups: string[] = [];
  for (let at = 0; at < octets.length; at += size) groups.push(octets.slice(at, at + size).join(""));
  return groups.join(between);
}

function octal(host: string): string {
  return host
    .split(".")
    .map((octet) => `0${Number(octet).toString(8)}`)
    .join(".");
}
