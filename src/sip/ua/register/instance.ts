import { createHash } from "node:crypto";

/**
 * The instance of a user agent of ours (RFC 5626 §4.1): a URN that stays the same over restarts. `installation` is 32
 * hexadecimal digits that nobody else has; `name` tells apart the user agents of one installation (RFC 9562 §5.5).
 */
export function instanceUrn(installation: string, name: string): string {
  const octets = createHash("sha1")
    .update(Buffer.from(installation, "hex"))
    .update(name, "utf8")
    .digest()
    .subarray(0, 16);
  octets.writeUInt8((octets.readUInt8(6) & 0x0f) | 0x50, 6);
  octets.writeUInt8((octets.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = octets.toString("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `urn:uuid:${parts.join("-")}`;
}
