import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface DemoReceiver {
  /** `http://127.0.0.1:9000`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * A little HTTP server that stands for a CRM: answers every request target with what `replyTo` gives for it, a body such
 * as `status=ACK&destination=215`, and tells what it got. Rejects where the port is taken.
 */
export function startDemoReceiver(
  replyTo: (target: string) => string,
  onRequest: (target: string, reply: string) => void,
  wanted = 0,
): Promise<DemoReceiver> {
  const server = createServer((request, response) => {
    const target = request.url ?? "/";
    const reply = replyTo(target);
    onRequest(target, reply);
    response.setHeader("content-type", "application/x-www-form-urlencoded").end(reply);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        address: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
