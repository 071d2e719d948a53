import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What the demo's CRM knows, by called number: the reply it gives. */
export interface DemoReceiver {
  /** `http://127.0.0.1:9000`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * A little HTTP server that stands for a CRM: answers every request with the reply for its `did`, and tells what it got.
 * `replies` maps a called number to a body such as `status=ACK&destination=215`.
 */
export function startDemoReceiver(
  replies: ReadonlyMap<string, string>,
  onRequest: (target: string, reply: string) => void,
): Promise<DemoReceiver> {
  const server = createServer((request, response) => {
    const target = request.url ?? "/";
    const did = new URL(target, "http://receiver.invalid").searchParams.get("did") ?? "";
    const reply = replies.get(did) ?? "status=NAK";
    onRequest(target, reply);
    response.setHeader("content-type", "application/x-www-form-urlencoded").end(reply);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
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
