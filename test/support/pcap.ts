// SIP messages as a capture file, so that tshark reads them: no packet has to be caught for it.

const MAGIC = 0xa1b2_c3d4;
/** Packets begin with their IP header (LINKTYPE_RAW). */
const RAW_IP = 101;
const IP_HEADER = 20;
const UDP_HEADER = 8;
const SIP_PORT = 5060;

/** A pcap file with one UDP datagram to and from port 5060 for each message. */
export function pcapOf(messages: readonly Buffer[]): Buffer {
  const file = Buffer.alloc(24);
  file.writeUInt32LE(MAGIC, 0);
  file.writeUInt16LE(2, 4);
  file.writeUInt16LE(4, 6);
  file.writeUInt32LE(0xffff, 16);
  file.writeUInt32LE(RAW_IP, 20);
  return Buffer.concat([
    file,
    ...messages.flatMap((message, index) => [recordHeader(message, index), datagram(message)]),
  ]);
}

function recordHeader(message: Buffer, second: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(second, 0);
  const length = message.length + IP_HEADER + UDP_HEADER;
  header.writeUInt32LE(length, 8);
  header.writeUInt32LE(length, 12);
  return header;
}

/** From 127.0.0.1 to 127.0.0.1; checksums are zero, which tshark does not mind. */
function datagram(message: Buffer): Buffer {
  const head = Buffer.alloc(IP_HEADER + UDP_HEADER);
  head[0] = 0x45;
  head.writeUInt16BE(message.length + head.length, 2);
  head[8] = 64;
  head[9] = 17;
  head.writeUInt32BE(0x7f00_0001, 12);
  head.writeUInt32BE(0x7f00_0001, 16);
  head.writeUInt16BE(SIP_PORT, 20);
  head.writeUInt16BE(SIP_PORT, 22);
  head.writeUInt16BE(message.length + UDP_HEADER, 24);
  return Buffer.concat([head, message]);
}
