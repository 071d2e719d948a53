import { createSocket } from "node:dgram";
import { headers } from "./sip-text.ts";

/** A phone or trunk that is always busy, and keeps the octets of each INVITE. */
export interface BusyCallee {
  /** One for each Call-ID, in order; copies are answered and not kept again. */
  readonly invites: readonly Buffer[];
  close(): Promise<void>;
}

/** Listens on UDP port 5060 of an address. */
export async function startBusyCallee(at: string): Promise<BusyCallee> {
  const socket = createSocket("udp4");
  const invites = new Map<string, Buffer>();
  socket.on("message", (datagram, from) => {
    const text = datagram.toString("latin1");
    if (!text.startsWith("INVITE ")) return;
    const callId = headers(text, "Call-ID")[0] ?? "";
    if (!invites.has(callId)) invites.set(callId, datagram);
    const same = (name: string): readonly string[] => headers(text, name).map((value) => `${name}: ${value}`);
    const reply = [
      "SIP/2.0 486 Busy Here",
      ...same("Via"),
      ...same("From"),
      ...same("To").map((to) => `${to};tag=busy`),
      ...same("Call-ID"),
      ...same("CSeq"),
      "Content-Length: 0",
      "\r\n",
    ];
    socket.send(Buffer.from(reply.join("\r\n"), "latin1"), from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject).bind(5060, at, resolve);
  });
  return {
    get invites() {
      return [...invites.values()];
    },
    close: () =>
      new Promise((resolve) => {
        socket.close(() => resolve());
      }),
  };
}
