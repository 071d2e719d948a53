import { defaultPrompts } from "../company/audio-paths.ts";
import { sipAddressHere } from "../instance/sip-address.ts";
import { systemClock } from "../runtime/clock.ts";
import { runCallList } from "./calls.ts";
import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

export interface CallOptions {
  readonly data: string;
  readonly from: string;
  readonly name: string;
  /** Seconds. */
  readonly talk: number;
  /** Typed when a message has been heard: `1234#`. */
  readonly codes: readonly string[];
}

/**
 * `switchhook call NUMBER`: places a real call at the server of this data folder, from loopback, and says how it went.
 * The server takes it where loopback is one of its trunks, as in the demo.
 */
export async function runCall(number: string, options: CallOptions, output: Output): Promise<number> {
  const address = sipAddressHere(options.data);
  if (address === undefined) {
    output.err(`No server is running with the data folder ${options.data}. Start one: npm start`);
    return ExitCode.unavailable;
  }
  output.out(`Calling ${number} at ${address.host}:${address.port} (UDP) …`);
  const placedAt = systemClock.wall();
  const { placeTestCall } = await import("../softphone/caller.ts");
  const result = await placeTestCall({
    server: address,
    port: 0,
    caller: { number: options.from, name: options.name },
    called: number,
    codes: options.codes,
    talkMs: options.talk * 1000,
    messages: defaultPrompts,
    onNote: (text) => output.out(`  the caller ${text}`),
  });
  if (result.kind === "answered") {
    output.out("Answered, and hung up again. The latest calls:");
  } else {
    output.out(`Refused: ${result.status} ${result.reason}. The latest calls:`);
    if (result.status === 401 || result.status === 403) {
      output.out("(A test call comes from 127.0.0.1, which has to be in the acceptFrom of a trunk.)");
    }
  }
  await recorded(options.data, placedAt);
  await runCallList({ data: options.data, limit: 3, refused: false, json: false }, output);
  output.out("switchhook calls show ID tells the whole story of one of them.");
  return result.kind === "answered" ? ExitCode.ok : ExitCode.refused;
}

/** Waits until a call that began since then is in the list (the store writes behind the calls), at most 3 s. */
async function recorded(dataDir: string, since: number): Promise<void> {
  const installation = findInstallation(dataDir, false);
  if (!installation.ok) return;
  const newest = { limit: 1 };
  for (const deadline = systemClock.now() + 3000; systemClock.now() < deadline; ) {
    const calls = await installation.value.calls(newest);
    if (!calls.ok || calls.value.items.some(({ startedAt }) => startedAt >= since)) return;
    await new Promise<void>((resolve) => systemClock.after(100, resolve));
  }
}
