import dgram from "node:dgram";
import { once } from "node:events";
import net from "node:net";

export type DnsType = "A" | "AAAA";

/** What to answer to one question. */
export type DnsReply =
  | { readonly addresses: readonly string[]; readonly ttl: number }
  /** RFC 1035 §4.1.1: 2 is SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  | { readonly rcode: number }
  | "silence";

export interface DnsServer {
  /** `127.0.0.1:port`, as a resolver takes it. */
  readonly address: string;
  readonly questions: readonly { readonly name: string; readonly type: string }[];
  close(): Promise<void>;
}

const TYPES: Readonly<Record<number, DnsType>> = { 1: "A", 28: "AAAA" };

/** A DNS server (RFC 1035, UDP only) on loopback that answers as the test says, also differently each time. */
export async function startDnsServer(answer: (name: string, type: DnsType) => DnsReply): Promise<DnsServer> {
  const questions: { name: string; type: string }[] = [];
  const socket = dgram.createSocket("udp4");
  socket.on("message", (packet, from) => {
    const { name, end } = readName(packet);
    const code = packet.readUInt16BE(end);
    const type = TYPES[code];
    questions.push({ name, type: type ?? String(code) });
    const given = type === undefined ? { rcode: 4 } : answer(name.toLowerCase(), type);
    if (given === "silence") return;
    socket.send(encode(packet, end + 4, code, given), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    async close() {
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
  const addresses = "addresses" in given ? given.addresses : [];
  header.writeUInt16BE(0x8180 | ("rcode" in given ? given.rcode : 0), 2); // response, recursion available
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) =>
    record(type, "ttl" in given ? given.ttl : 0, addressBytes(address)),
  );
  return Buffer.concat([header, query.subarray(12, questionEnd), ...records]);
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
