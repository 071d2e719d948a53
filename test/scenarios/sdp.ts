/** How a party describes its media. */
export interface SdpParts {
  /** Address of its media; `0.0.0.0` is the old way to hold. */
  readonly at: string;
  readonly direction?: "sendrecv" | "sendonly" | "recvonly" | "inactive";
  /** Version in `o=`; grows with each change (RFC 3264 §8). */
  readonly version?: number;
  readonly port?: number;
}

/** A session description of one audio stream (RFC 8866). */
export function sdp({ at, direction = "sendrecv", version = 1, port = 4000 }: SdpParts): string {
  return [
    "v=0",
    `o=someone 7 ${version} IN IP4 ${at}`,
    "s=A phone",
    `c=IN IP4 ${at}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP 8 0`,
    "a=rtpmap:8 PCMA/8000",
    `a=${direction}`,
    "",
  ].join("\r\n");
}

/** Where a description says that media goes: address, port and direction, without the lines of a leg's own. */
export function media(body: Buffer | string): string {
  const text = typeof body === "string" ? body : body.toString("utf8");
  const at = /^c=IN IP4 (\S+)/m.exec(text)?.[1] ?? "";
  const port = /^m=audio (\d+)/m.exec(text)?.[1] ?? "";
  const direction = /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(text)?.[1] ?? "";
  return text === "" ? "" : `${at}:${port} ${direction}`;
}

/** The `o=` line of a description. */
export function originLine(body: Buffer | string): string {
  const text = typeof body === "string" ? body : body.toString("utf8");
  return /^o=([^\r\n]*)/m.exec(text)?.[1] ?? "";
}
