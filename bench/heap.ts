import { setTimeout as sleep } from "node:timers/promises";
import { DevTools, type Evaluated } from "./dev-tools.ts";
import type { Rig } from "./rig.ts";

/**
 * The live memory of the signalling thread after a full collection, in KiB: V8's heap and the buffers that it owns.
 * Asked through Node's inspector, which SIGUSR1 opens on loopback; what it costs stays the same between two questions.
 */
export class HeapProbe {
  readonly #devTools: DevTools;

  private constructor(devTools: DevTools) {
    this.#devTools = devTools;
  }

  static async open(rig: Rig): Promise<HeapProbe> {
    process.kill(rig.pid, "SIGUSR1");
    return new HeapProbe(await DevTools.open(await debuggerUrl(rig)));
  }

  /** Collects all garbage, then counts. */
  async liveKiB(): Promise<number> {
    await this.#devTools.ask("HeapProfiler.collectGarbage");
    const expression = "(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())";
    const asked = { expression, returnByValue: true };
    const { result } = await this.#devTools.ask<Evaluated<number>>("Runtime.evaluate", asked);
    return result.value / 1024;
  }

  close(): void {
    this.#devTools.close();
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
