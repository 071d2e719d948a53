// Addresses of this machine alone. All of 127.0.0.0/8 is loopback on Linux, so each test process has a row of
// addresses for itself and may use SIP's own ports there, whatever else runs on the machine.

const ADDRESSES = 32;
let taken = 0;

/** The next address that only this test process uses, such as `127.83.4.33`; 32 there are. */
export function ownAddress(): string {
  if (taken >= ADDRESSES) throw new Error(`a test process has only ${ADDRESSES} addresses`);
  // A process id has at most 22 bits (pid_max); 127.0.x.x is left to others.
  const block = process.pid & 0x3ff_fff;
  const number = ((block * ADDRESSES) & 0xff_ffff) + taken;
  taken += 1;
  return `127.${1 + ((number >> 16) % 254)}.${(number >> 8) & 0xff}.${number & 0xff}`;
}
