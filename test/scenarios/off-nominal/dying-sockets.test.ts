// T1 on real TCP and TLS sockets: the product's own transports under a switchboard, on the virtual clock.
// Over 5 s: 48 ways for a stream to end, on real sockets.

import { after } from "node:test";
import { SocketNetwork } from "../../fakes/socket-network.ts";
import { dyingStreams } from "../dying-streams.ts";
import { BOARD, CARRIER, Scenario } from "../harness.ts";

const PHONES = ["10.1.1.215", "10.1.1.216"];
let before: SocketNetwork | undefined;

after(() => before?.close());

for (const kind of ["tcp", "tls"] as const) {
  dyingStreams(kind, " on sockets", async (parts) => {
    await before?.close();
    const sockets = new SocketNetwork(before);
    before = sockets;
    await sockets.open([BOARD, CARRIER, ...PHONES]);
    return Scenario.start({ ...parts, sockets });
  });
}
