import { type Refused, refused } from "../../api/contract/problems.ts";
import { cleanDisplayName } from "../../lib/display-name.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";

/** NIST SP 800-63B §3.1.1: length is what counts; what a person types is not forced into kinds of characters. */
export const PASSWORD = { min: 10, max: 256 } as const;

/** A password that may be set for a user of this name, or why not. */
export function checkPassword(password: string, userName: string): Result<string, Refused<"badPassword">> {
  const text = password.normalize("NFC");
  const bad = (detail: string) => err(refused("badPassword", detail));
  if ([...text].length < PASSWORD.min) return bad(`A password has at least ${PASSWORD.min} characters.`);
  if (text.length > PASSWORD.max) return bad(`A password has at most ${PASSWORD.max} characters.`);
  const lower = text.toLowerCase();
  const isGuessable =
    new Set(lower).size < 4 ||
    lower.replaceAll(/[^a-z]/g, "") === "switchhook" ||
    lower.includes(userName.toLowerCase()) ||
    WELL_KNOWN.has(lower);
  if (isGuessable) return bad("This password is easy to guess; take another one.");
  return ok(text);
}

/** A name as it is kept: what is shown is what was typed, without what cannot be seen. */
export function userName(text: string): string {
  return cleanDisplayName(text.normalize("NFC"));
}

/** Of the passwords that are tried first everywhere, those that are long enough. */
const WELL_KNOWN: ReadonlySet<string> = new Set([
  "1234567890",
  "0123456789",
  "12345678910",
  "password12",
  "password123",
  "password1234",
  "passw0rd123",
  "qwertyuiop",
  "qwerty12345",
  "1q2w3e4r5t",
  "1qaz2wsx3edc",
  "administrator",
  "letmein123",
  "welcome123",
  "changeme123",
  "iloveyou123",
]);
