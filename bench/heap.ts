import { setTimeout as sleep } from "node:timers/promises";
import type { Rig } from "./rig.ts";

/**
 * The live memory of the signalling thread after a full collection, in KiB: V8's heap and the buffers that it owns.
 * Asked through Node's inspector, which SIGUSR1 opens on loopback; what it costs stays the same between two questions.
 */
export class HeapProbe {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      const { id, result } = JSON.parse(String(event.data)) as { id?: number; result?: unknown };
      if (id === undefined) return;
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  static async open(rig: Rig): Promise<HeapProbe> {
    process.kill(rig.pid, "SIGUSR1");
    const socket = new WebSocket(await debuggerUrl(rig));
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve, { once: true });
      socket.addEventListener("error", () => reject(new Error("the inspector refused the connection")), {
        once: true,
      });
    });
    return new HeapProbe(socket);
  }

  /** Collects all garbage, then counts. */
  async liveKiB(): Promise<number> {
    await this.#ask("HeapProfiler.collectGarbage", {});
    const expression = "(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())";
    const answer = await this.#ask("Runtime.evaluate", { expression, returnByValue: true });
    return (answer as { result: { value: number } }).result.value / 1024;
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string, params: object): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}

async function debuggerUrl(rig: Rig): Promise<string> {
  const { host, port } = rig.inspector;
  for (let tries = 0; ; tries++) {
    try {
      const list = (await (await fetch(`http://${host}:${port}/json/list`)).json()) as readonly {
        webSocketDebuggerUrl: string;
      }[];
      const url = list[0]?.webSocketDebuggerUrl;
      if (url !== undefined) return url;
    } catch (error) {
      // SIGUSR1 takes a moment to open the port.
      if (tries > 100) throw error;
    }
    await sleep(50);
  }
}
