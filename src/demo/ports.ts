import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** Where the demo listens: the usual ports, or others where something else is there. */
export interface DemoPorts {
  readonly sip: number;
  readonly http: number;
  /** Where the test caller sends from. */
  readonly trunk: number;
  /** Where webhooks are answered. */
  readonly receiver: number;
}

/** 0: any that is free. */
const USUAL: DemoPorts = { sip: 5060, http: 8088, trunk: 5090, receiver: 0 };

/** `former`: those of the last start, as what was configured then still names them. */
export async function demoPorts(former: Partial<DemoPorts>): Promise<DemoPorts> {
  return {
    trunk: await freePort(former.trunk ?? USUAL.trunk),
    receiver: await freePort(former.receiver ?? USUAL.receiver),
    sip: await freePort(USUAL.sip),
    http: await freePort(USUAL.http),
  };
}

/** What stands elsewhere, because something else is there. */
export function otherPorts({ sip, http }: DemoPorts): readonly string[] {
  const places = [
    { wanted: USUAL.sip, got: sip, what: "SIP" },
    { wanted: USUAL.http, got: http, what: "HTTP" },
  ];
  return places
    .filter(({ wanted, got }) => wanted !== got)
    .map(({ wanted, got, what }) => `Port ${wanted} is in use; ${what} listens on ${got} instead.`);
}

/** The port itself where it is free for TCP and UDP, else any free one. */
async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted;
}

async function tryPort(wanted: number): Promise<number | undefined> {
  const tcp = createServer();
  const port = await new Promise<number | undefined>((resolve) => {
    tcp.once("error", () => resolve(undefined));
    tcp.listen(wanted, "0.0.0.0", () => {
      const address = tcp.address();
      resolve(typeof address === "object" && address !== null ? address.port : undefined);
    });
  });
  if (port === undefined) return undefined;
  const udp = createSocket("udp4");
  const free = await new Promise<boolean>((resolve) => {
    udp.once("error", () => resolve(false));
    udp.bind(port, "0.0.0.0", () => resolve(true));
  });
  if (free) await new Promise<void>((closed) => udp.close(closed));
  await new Promise((closed) => tcp.close(closed));
  return free ? port : undefined;
}
