import dgram from "node:dgram";
import { once } from "node:events";
import net from "node:net";

export type DnsType = "A" | "AAAA" | "SRV" | "NAPTR";

/** RFC 2782. */
export interface SrvAnswer {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly name: string;
}

/** RFC 3403 §4; without a regular expression. */
export interface NaptrAnswer {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

/** What to answer to one question. */
export type DnsReply =
  | { readonly addresses: readonly string[]; readonly ttl: number }
  | { readonly srv: readonly SrvAnswer[]; readonly ttl: number }
  | { readonly naptr: readonly NaptrAnswer[]; readonly ttl: number }
  /** RFC 1035 §4.1.1: 2 is SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  | { readonly rcode: number }
  | "silence";

export interface DnsServer {
  /** `127.0.0.1:port`, as a resolver takes it. */
  readonly address: string;
  readonly questions: readonly { readonly name: string; readonly type: string }[];
  close(): Promise<void>;
}

const TYPES: Readonly<Record<number, DnsType>> = { 1: "A", 28: "AAAA", 33: "SRV", 35: "NAPTR" };

/** A DNS server (RFC 1035, UDP only) on loopback that answers as the test says, also differently each time, and late. */
export async function startDnsServer(
  answer: (name: string, type: DnsType) => DnsReply | Promise<DnsReply>,
): Promise<DnsServer> {
  const questions: { name: string; type: string }[] = [];
  let closed = false;
  const socket = dgram.createSocket("udp4");
  socket.on("message", (packet, from) => {
    const { name, end } = readName(packet);
    const code = packet.readUInt16BE(end);
    const type = TYPES[code];
    questions.push({ name, type: type ?? String(code) });
    const asked = type === undefined ? { rcode: 4 } : answer(name.toLowerCase(), type);
    void Promise.resolve(asked).then((given) => {
      if (given === "silence" || closed) return;
      socket.send(encode(packet, end + 4, code, given), from.port, from.address);
    });
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    async close() {
      closed = true;
      socket.close();
      await once(socket, "close");
    },
  };
}

/** The name of the question, and where it ends. */
function readName(packet: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = packet.readUInt8(at); length > 0; length = packet.readUInt8(at)) {
    labels.push(packet.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), end: at + 1 };
}

function encode(
  query: Buffer,
  questionEnd: number,
  type: number,
  given: Exclude<DnsReply, "silence">,
): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  const data = recordData(given);
  header.writeUInt16BE(0x8180 | ("rcode" in given ? given.rcode : 0), 2); // response, recursion available
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(data.length, 6);
  const records = data.map((one) => record(type, "ttl" in given ? given.ttl : 0, one));
  return Buffer.concat([header, query.subarray(12, questionEnd), ...records]);
}

function recordData(given: Exclude<DnsReply, "silence">): readonly Buffer[] {
  if ("addresses" in given) return given.addresses.map(addressBytes);
  if ("srv" in given)
    return given.srv.map(({ priority, weight, port, name }) =>
      Buffer.concat([words(priority, weight, port), nameBytes(name)]),
    );
  if ("naptr" in given)
    return given.naptr.map(({ order, preference, flags, service, replacement }) =>
      Buffer.concat([
        words(order, preference),
        ...[flags, service, ""].map(characterString),
        nameBytes(replacement),
      ]),
    );
  return [];
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16BE(value, at * 2);
  return bytes;
}

function characterString(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, "latin1")]);
}

/** Labels, uncompressed; "." is the root. */
function nameBytes(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  return Buffer.concat([...labels.map(characterString), Buffer.from([0])]);
}

function record(type: number, ttl: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // the name of the question
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function addressBytes(address: string): Buffer {
  if (net.isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  const [front = "", back] = address.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const head = groups(front);
  const tail = groups(back ?? "");
  const zeros = new Array<string>(8 - head.length - tail.length).fill("0");
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...head, ...zeros, ...tail].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  }
  return bytes;
}
