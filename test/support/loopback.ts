// Addresses of this machine alone. All of 127.0.0.0/8 is loopback on Linux, so each test process has a row of
// addresses for itself and may use SIP's own ports there, whatever else runs on the machine.

const ADDRESSES = 32;
let taken = 0;

/**
 * The next address that only this test process uses, such as `127.83.4.133`; 32 there are. The last number always has
 * three digits, so that no address is the beginning of another: tests look for addresses in texts.
 */
export function ownAddress(): string {
  if (taken >= ADDRESSES) throw new Error(`a test process has only ${ADDRESSES} addresses`);
  // 127.0.x.x is left to others. Processes whose ids are 4 × 254 × 256 apart would share their addresses.
  const net = process.pid % (254 * 256);
  const block = Math.floor(process.pid / (254 * 256)) % 4;
  const host = 100 + block * ADDRESSES + taken;
  taken += 1;
  return `127.${1 + Math.floor(net / 256)}.${net % 256}.${host}`;
}
