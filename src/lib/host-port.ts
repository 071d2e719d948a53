/** A host as it stands in a URI or before a port: an IPv6 address gets its brackets (RFC 3986 §3.2.2). */
export function formatHost(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** `HOST:PORT`, an IPv6 address in brackets. */
export function formatHostPort(host: string, port: number): string {
  return `${formatHost(host)}:${port}`;
}

/** `HOST:PORT` taken apart; an IPv6 address is in brackets there and without them here. Undefined: neither. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9.-]{1,253})):([0-9]{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  return port > 65_535 ? undefined : { host: match[1] ?? match[2] ?? "", port };
}

/** The host of a `host[:port]`, without the brackets of an IPv6 address. */
export function hostOf(hostPort: string): string {
  return /^\[([^\]]+)\]/.exec(hostPort)?.[1] ?? hostPort.split(":", 1)[0] ?? hostPort;
}

/** An address of a server as a browser on its machine can open it: `http://0.0.0.0:80` is everywhere, and nowhere. */
export function addressHere(http: string): string {
  return http.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}
