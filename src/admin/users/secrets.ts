import { createHash, randomBytes } from "node:crypto";

/** 256 random bits for a cookie or a link, in letters that neither has to escape. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** What is kept of a secret: of 256 random bits a plain hash is enough, and it is found by it. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
