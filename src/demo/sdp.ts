/** A plain G.711 offer or answer; the demo's phones send no sound, so the port is only named. */
export function demoSdp(host: string, port: number): Buffer {
  return Buffer.from(
    [
      "v=0",
      `o=- ${port} 1 IN IP4 ${host}`,
      "s=-",
      `c=IN IP4 ${host}`,
      "t=0 0",
      `m=audio ${port} RTP/AVP 8 0 101`,
      "a=rtpmap:8 PCMA/8000",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:101 telephone-event/8000",
      "a=sendrecv",
      "",
    ].join("\r\n"),
  );
}
