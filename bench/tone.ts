const RATE = 8000;
const HERTZ = 440;
const AMPLITUDE = 8000;
const HEAD = 44;

/** A WAV file, 16 bit PCM at 8 kHz: a steady tone, so that every packet of it is sound. */
export function tone(seconds: number): Buffer {
  const samples = seconds * RATE;
  const file = Buffer.alloc(HEAD + samples * 2);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(HEAD - 8 + samples * 2, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  // PCM, one channel.
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(samples * 2, 40);
  for (let sample = 0; sample < samples; sample++) {
    const value = Math.round(AMPLITUDE * Math.sin((2 * Math.PI * HERTZ * sample) / RATE));
    file.writeInt16LE(value, HEAD + sample * 2);
  }
  return file;
}
