import { readFileSync } from "node:fs";
import { type Refused, refused } from "../../api/contract/problems.ts";
import { cleanDisplayName } from "../../lib/display-name.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";

/**
 * NIST SP 800-63B §3.1.1: length is what counts; what a person types is not forced into kinds of characters. Eight is what the
 * OWASP ASVS 5.0 asks for at least (6.2.1); pages advise fifteen.
 */
export const PASSWORD = { min: 8, max: 256 } as const;

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
    isWellKnown(lower);
  if (isGuessable) return bad("This password is easy to guess; take another one.");
  return ok(text);
}

/** A name as it is kept: what is shown is what was typed, without what cannot be seen. */
export function userName(text: string): string {
  return cleanDisplayName(text.normalize("NFC"));
}

/** The same for all names that are one user's: letters of another width or case make no other one. */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toLocaleLowerCase("en");
}

let commonest: ReadonlySet<string> | undefined;

/** Whether a password, in lower case, is one of the 3,000 that are tried first everywhere. */
function isWellKnown(password: string): boolean {
  commonest ??= new Set(
    readFileSync(new URL("common-passwords.txt", import.meta.url), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#")),
  );
  return commonest.has(password);
}
