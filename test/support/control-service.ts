import assert from "node:assert/strict";
import { startControlService } from "../../src/control/start.ts";
import { claimInstance, releaseInstance } from "../../src/instance/instance-file.ts";
import type { ControlStart, FromControl } from "../../src/link/link.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";

/** How the control side of a server starts in a data folder, with nothing applied. */
export function controlStart(dataDir: string, more: Partial<ControlStart> = {}): ControlStart {
  return {
    dataDir,
    applyFile: undefined,
    http: "127.0.0.1:0",
    realm: "pbx",
    callsKeepDays: 1,
    again: false,
    softwareVersion: "1",
    ...more,
  };
}

/** The control side of a server, which has no calls. */
export interface RunningControl {
  /** `http://127.0.0.1:port`. */
  readonly address: string;
  readonly setupLink: string | undefined;
  readonly logged: readonly string[];
  stop(): Promise<void>;
}

/** Starts it; it must start. */
export async function startControl(
  dataDir: string,
  clock: Clock = systemClock,
  more: Partial<ControlStart> = {},
): Promise<RunningControl> {
  const logged: string[] = [];
  let ready: Extract<FromControl, { type: "ready" }> | undefined;
  const service = await startControlService(controlStart(dataDir, more), clock, (message) => {
    if (message.type === "ready") ready = message;
    // Nothing was ever recorded there.
    if (message.type === "askFlush" && service.ok)
      service.value.receive({ type: "flushed", request: message.request });
    if (message.type === "log") logged.push(message.text);
  });
  assert.ok(service.ok && ready !== undefined);
  const { httpAddress, setupLink } = ready;
  return { address: httpAddress, setupLink, logged, stop: () => service.value.stop() };
}

/** Runs it meanwhile, where the commands of this data folder find it. */
export async function besideControl(
  dataDir: string,
  work: (address: string) => Promise<void>,
): Promise<void> {
  const { address, stop } = await startControl(dataDir);
  claimInstance(dataDir, { http: address, sip: [] });
  try {
    await work(address);
  } finally {
    releaseInstance(dataDir);
    await stop();
  }
}
