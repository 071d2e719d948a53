import { createServer } from "node:net";
import { LoopNetwork } from "../fakes/loop-network.ts";
import { VirtualClock } from "../fakes/virtual-clock.ts";
import { selfSigned } from "./certificate.ts";
import { type TransportCase, transportSuite } from "./transport.suite.ts";
import { openStation, until, withoutIpv6 } from "./transport-parts.ts";

const certificate = selfSigned(["IP:127.0.0.1", "IP:::1"]);
const tls = { ...certificate, caPem: certificate.certPem };

/** A port that was free a moment ago. */
async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === "object" && address !== null ? address.port : 1;
}

function sockets(transport: "udp" | "tcp" | "tls", host: string): TransportCase {
  return {
    name: `${transport} over ${host}`,
    reliable: transport !== "udp",
    largeBody: transport === "udp" ? 20_000 : 60_000,
    skip: host === "::1" && withoutIpv6,
    async open() {
      const listen = [{ transport, host, port: 0 }];
      const left = (await openStation({ listen, tls })).transport;
      const right = (await openStation({ listen, tls })).transport;
      const port = right.listeners[0]?.local.port ?? 0;
      const toNobody = { transport, host, port: await freePort(host) };
      return { left, right, toRight: { transport, host, port }, toNobody, until };
    },
  };
}

function loop(transport: "udp" | "tcp"): TransportCase {
  return {
    name: `${transport} in memory`,
    reliable: transport === "tcp",
    largeBody: 20_000,
    skip: false,
    async open() {
      const clock = new VirtualClock();
      const network = new LoopNetwork({ clock });
      const left = network.host("10.0.0.1");
      const right = network.host("10.0.0.2");
      return {
        left,
        right,
        toRight: { transport, host: "10.0.0.2", port: 5060 },
        toNobody: { transport, host: "10.0.0.3", port: 5060 },
        async until(what, holds) {
          if (!(await clock.runUntilAsync(holds, 60_000))) throw new Error(`waited in vain: ${what}`);
        },
      };
    },
  };
}

for (const transport of ["udp", "tcp", "tls"] as const) {
  for (const host of ["127.0.0.1", "::1"]) transportSuite(sockets(transport, host));
}
transportSuite(loop("udp"));
transportSuite(loop("tcp"));
