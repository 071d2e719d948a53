import { readInstance } from "./instance-file.ts";

/** `udp:0.0.0.0:5060`; a test call comes from 127.0.0.1, so only IPv4 counts. */
const UDP = /^udp:(\d+\.\d+\.\d+\.\d+):(\d+)$/;

/** Where the server of this data folder hears a caller on this machine over UDP; undefined: it does not run, or has no such listener. */
export function sipAddressHere(
  dataDir: string,
): { readonly host: string; readonly port: number } | undefined {
  return addressIn(readInstance(dataDir)?.sip ?? []);
}

/** The first UDP listener over IPv4, by loopback where it listens everywhere. */
export function addressIn(
  listeners: readonly string[],
): { readonly host: string; readonly port: number } | undefined {
  for (const listener of listeners) {
    const [, host = "", port] = UDP.exec(listener) ?? [];
    if (host !== "") return { host: host === "0.0.0.0" ? "127.0.0.1" : host, port: Number(port) };
  }
  return undefined;
}
