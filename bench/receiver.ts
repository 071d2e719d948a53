import { createServer, type Server } from "node:net";

/**
 * A webhook receiver that costs next to nothing, so that it takes no processor from what is measured: HTTP/1.1 GET
 * with keep-alive, no body, nothing checked. `node bench/receiver.ts HOST PORT` runs it as a process of its own.
 */
const REPLY = "status=ACK&destination=%2B31502102544&callername=VoysPartners";

/** What is asked for to learn how many requests there were besides. */
export const COUNT_TARGET = "/count";

/** Listens; `bodyFor` gets the request target (`/route?did=…`) and gives the body of the reply. */
export function startReceiver(
  host: string,
  port: number,
  bodyFor: (target: string) => string,
): Promise<Server> {
  const server = createServer({ noDelay: true }, (socket) => {
    let waiting = "";
    socket.setEncoding("latin1");
    socket.on("error", () => socket.destroy());
    socket.on("data", (text: string) => {
      waiting += text;
      for (let end = waiting.indexOf("\r\n\r\n"); end >= 0; end = waiting.indexOf("\r\n\r\n")) {
        const target = waiting.slice(waiting.indexOf(" ") + 1, waiting.indexOf(" HTTP/"));
        waiting = waiting.slice(end + 4);
        const body = bodyFor(target);
        socket.write(
          `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        );
      }
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, host, 1024, () => resolve(server));
  });
}

if (import.meta.main) {
  const [host = "127.0.0.1", port = "0"] = process.argv.slice(2);
  let requests = 0;
  await startReceiver(host, Number(port), (target) => {
    if (target === COUNT_TARGET) return String(requests);
    requests += 1;
    return REPLY;
  });
  process.stdout.write("ready\n");
}
