import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import type { MediaEngine } from "../../src/media/engine.ts";
import { createRtpengineMedia } from "../../src/media/rtpengine/rtpengine.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { randomIds } from "../../src/runtime/ids.ts";
import { ownAddress } from "./loopback.ts";
import { type Ended, Program, until } from "./process.ts";

/** Without IPv6 on loopback there is nothing to test it with. */
export const withoutIpv6 = (networkInterfaces()["lo"] ?? []).some(({ family }) => family === "IPv6")
  ? false
  : "no IPv6 on loopback";

const NG_PORT = 2223;

/** A Debian rtpengine of a test's own, on an address that no other process uses; never the system's. */
export interface TestRtpengine {
  readonly host: string;
  readonly port: number;
  /** What it has logged so far. */
  readonly log: () => string;
  /** SIGSTOP: it answers nothing, as a machine that is cut off. */
  freeze(): void;
  thaw(): void;
  pid(): number;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/**
 * Starts rtpengine without its kernel module and as any user. `digitsTo` (`host:port`) is told the keys. Nothing of the
 * system's configuration is read, so it does not matter whether the package's own service runs. `portCount`: UDP ports that it
 * has for sound; a bridged call takes eight.
 */
export function startRtpengine(digitsTo: string, at: string = ownAddress(), portCount = 1000): TestRtpengine {
  const ports = 20_000 + (process.pid % 30) * 1000;
  const program = new Program("rtpengine", [
    "--config-file=none",
    "--table=-1",
    "--foreground",
    "--log-stderr",
    "--log-level=5",
    `--interface=${at}`,
    ...(withoutIpv6 === false ? ["--interface=::1"] : []),
    `--listen-ng=${at}:${NG_PORT}`,
    `--dtmf-log-dest=${digitsTo}`,
    `--port-min=${ports}`,
    `--port-max=${ports + portCount - 1}`,
    "--num-threads=2",
    "--media-num-threads=1",
    "--delete-delay=0",
    "--timeout=3600",
    "--silent-timeout=3600",
    "--offer-timeout=3600",
  ]);
  return {
    host: at,
    port: NG_PORT,
    log: () => program.stderr,
    freeze: () => void program.child.kill("SIGSTOP"),
    thaw: () => void program.child.kill("SIGCONT"),
    pid: () => program.child.pid ?? 0,
    stop: (signal) => program.stop(signal),
  };
}

/** The driver with an rtpengine of its own, once that answers; `sharesFiles`: both read the same disk. */
export async function openRtpengineMedia(
  folder: string,
  sharesFiles: boolean,
): Promise<{ readonly engine: MediaEngine; close(): Promise<void> }> {
  const [host, at] = [ownAddress(), ownAddress()];
  const media = await createRtpengineMedia({
    clock: systemClock,
    ids: randomIds(),
    log: () => undefined,
    servers: [{ host: at, port: NG_PORT, sharesFiles }],
    digits: { host, port: 0 },
    folder,
  });
  if (!media.ok) assert.fail(media.error);
  const engine = media.value;
  const rtpengine = startRtpengine(`${host}:${engine.digitPort}`, at);
  await until("rtpengine to answer", () => engine.metrics().switchhook_media_rtpengine_servers_up === 1);
  return {
    engine,
    async close() {
      await engine.close();
      await rtpengine.stop();
    },
  };
}
