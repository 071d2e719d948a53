import { createHash, timingSafeEqual } from "node:crypto";
import type { Authenticate } from "./ports.ts";

const BEARER = /^Bearer +([0-9a-zA-Z]{1,256})$/i;

/** Tells whether an Authorization header shows the token: `Bearer <token>` (RFC 6750 §2.1). */
function tokenCheck(token: string): (header: string | undefined) => boolean {
  const wanted = digest(token);
  return (header) => {
    const given = BEARER.exec(header ?? "")?.[1];
    // Hashes have one length and are compared in constant time.
    return given !== undefined && timingSafeEqual(digest(given), wanted);
  };
}

/** Who shows the token of the data folder may do everything: whoever reads that folder may anyway. */
export function byDataFolderToken(token: string): Authenticate {
  const isRight = tokenCheck(token);
  return ({ headers }) =>
    isRight(headers.authorization) ? { name: "api-token", role: "administrator", via: "token" } : undefined;
}

/** Whether a header shows any token at all. */
export function givesToken(header: string | undefined): boolean {
  return header !== undefined && header.trim() !== "";
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
