/** Who is meant by a SIP or tel address (RFC 3261 §19.1, RFC 3966), as a trace shows it; any other text is what it is. */
export function userPart(text: string): string {
  const user = /^<?(?:sips?|tel):([^@;?>]+)/i.exec(text)?.[1];
  return user === undefined ? text : user.replaceAll(/%2b/gi, "+");
}
