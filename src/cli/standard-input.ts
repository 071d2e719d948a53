import { readSync } from "node:fs";

const WAIT_MS = 20;

/** The beginning of an open file or pipe, at most so many octets. Throws what the system says. */
export function readStart(descriptor: number, maxBytes: number): Buffer {
  const octets = Buffer.alloc(maxBytes);
  let length = 0;
  while (length < maxBytes) {
    const read = readSome(descriptor, octets, length);
    if (read === 0) break;
    length += read;
  }
  return octets.subarray(0, length);
}

/** A pipe that does not block, as one shared with another program may be, has nothing to say yet. */
function readSome(descriptor: number, octets: Buffer, at: number): number {
  for (;;) {
    try {
      return readSync(descriptor, octets, at, octets.length - at, null);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    }
  }
}
