// The passwords that peers write into addresses: `sip:user:password@host` (RFC 3261 §19.1.1 advises against it, and
// phones that were set up wrongly do it), `http://user:password@host` in Call-Info.

const MASK = "***";
const AT = 0x40;
const COLON = 0x3a;

/** Scheme and user, what is masked, the `@` behind it; the same percent-encoded, as in a header of a URI. */
const WRITTEN = /(\bsips?:[^\s:<>"@]*:)[^\s<>"]*(?=@)|(:\/\/[^\s:<>"@/?#]*:)[^\s<>"/?#]*(?=@)/gi;
const ENCODED = /(sips?%3a(?:(?!%3a|%40)[^\s<>"])*%3a)(?:(?!%40)[^\s<>"])*(?=%40)/gi;

/** The text with `***` for every password in an address; the very same where there is none. */
export function withoutUriPasswords(text: string): string {
  const plain = text.includes("@") ? text.replace(WRITTEN, replaced) : text;
  return plain.includes("%40") ? plain.replace(ENCODED, `$1${MASK}`) : plain;
}

function replaced(_all: string, sip: string | undefined, other: string | undefined): string {
  return (sip ?? other ?? "") + MASK;
}

/** Whether octets of a SIP message may hold one: two colons before an `@`, which ordinary messages do not have. */
export function mayHoldUriPassword(octets: Uint8Array): boolean {
  for (let at = octets.indexOf(AT); at >= 0; at = octets.indexOf(AT, at + 1)) {
    let colons = 0;
    for (let before = at - 1; before >= 0; before -= 1) {
      const octet = octets[before] ?? 0;
      // White space and control characters, `"`, `<`, `>`, another `@`: nothing of this address stands before them.
      if (octet <= 0x22 || octet === 0x3c || octet === 0x3e || octet === AT) break;
      if (octet !== COLON) continue;
      colons += 1;
      if (colons === 2) return true;
    }
  }
  return false;
}
