/** With a name before it or not; a SIP address without a user (`sip:pbx.example`) is nobody's. */
const ADDRESS = /^(?:(?:"(?:[^"\\]|\\.)*"\s*|[^<"]*)<)?\s*(?:sips?:([^@:;?>]+)[^@>]*@|tel:([^;?>]+))/i;

/** Who is meant by a SIP or tel address (RFC 3261 §19.1, §20.10, RFC 3966), as a trace shows it; any other text is what it is. */
export function userPart(text: string): string {
  const [, user, number] = ADDRESS.exec(text) ?? [];
  return (user ?? number ?? text).replaceAll(/%2b/gi, "+");
}
