/** What the header of a WAV file says of its samples; `tag` 1 is PCM. */
export interface WavHeader {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/** The 44 octets before the samples of a WAV file with one chunk of sound. */
export function wavHeader({ tag, channels, rate, bits }: WavHeader, dataLength: number): Uint8Array {
  const header = Buffer.alloc(44);
  const frame = (channels * bits) / 8;
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + dataLength + (dataLength % 2), 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(tag, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * frame, 28);
  header.writeUInt16LE(frame, 32);
  header.writeUInt16LE(bits, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(dataLength, 40);
  return header;
}
