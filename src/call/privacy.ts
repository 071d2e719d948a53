import { type SipRequest, type Uri, userOf } from "../sip/index.ts";

/** Values of Privacy that hide who calls: RFC 3323 §4.2, RFC 3325 §9.3. `none`, `session` and `critical` ask for no such thing. */
const HIDING: ReadonlySet<string> = new Set(["id", "user", "header"]);

/**
 * Does the caller ask that nobody is told who calls? By Privacy (RFC 3323 §4.2), or as older phones do, by
 * Remote-Party-ID (draft-ietf-sip-privacy-04 §5.1).
 */
export function asksForPrivacy({ headers }: SipRequest): boolean {
  return (
    headers.list("privacy").some((value) => parts(value).some((part) => HIDING.has(part))) ||
    headers.list("remote-party-id").some((value) => /;\s*privacy\s*=\s*"?(?:full|name|uri)\b/i.test(value))
  );
}

/** A From that a phone wrote so that it names nobody (RFC 3323 §4.1.1.3); `anonymous` counts at any host. */
export function isAnonymous(uri: Uri): boolean {
  const host = "host" in uri ? uri.host.toLowerCase() : "";
  return host === "anonymous.invalid" || userOf(uri).toLowerCase() === "anonymous";
}

function parts(value: string): readonly string[] {
  return value.split(";").map((part) => part.trim().toLowerCase());
}
