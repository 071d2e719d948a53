import { Secret, TOTP } from "otpauth";
import type { Totp } from "../../model/users.ts";

const ISSUER = "Switchhook";
const PERIOD_S = 30;
/** A code of the step before or after is taken too: clocks differ, and typing takes time (RFC 6238 §5.2). */
const WINDOW = 1;
/** As long as what SHA-1 makes (RFC 4226 §4). */
const SECRET_BYTES = 20;

/** A second factor that the person has to confirm with a code. */
export function newTotp(): Totp {
  return { secret: new Secret({ size: SECRET_BYTES }).base32, isConfirmed: false, lastStep: 0 };
}

/** What an authenticator reads as a QR code: `otpauth://totp/…`. */
export function totpAddress({ secret }: Totp, userName: string): string {
  return generator(secret, userName).toString();
}

/** The second factor after a right code; undefined: the code is wrong, or of a step that was used. */
export function takeTotp(totp: Totp, code: string, atMs: number): Totp | undefined {
  const token = code.replaceAll(" ", "");
  if (!/^\d{6}$/.test(token)) return undefined;
  const delta = generator(totp.secret, "").validate({ token, timestamp: atMs, window: WINDOW });
  if (delta === null) return undefined;
  const step = Math.floor(atMs / 1000 / PERIOD_S) + delta;
  return step > totp.lastStep ? { ...totp, isConfirmed: true, lastStep: step } : undefined;
}

function generator(secret: string, label: string): TOTP {
  // SHA-1, six digits, 30 s: what every authenticator understands.
  return new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secret), period: PERIOD_S });
}
