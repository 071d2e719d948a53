import { Worker } from "node:worker_threads";
import { reasonOf } from "../lib/failure.ts";
import { err, type Result } from "../lib/result.ts";
import type { FromUnpacking, Unpacked, UnpackFailure, UnpackOrder } from "./restore-worker.ts";

/** Has a thread of its own unpack and check a backup; `onRead` hears how many octets of it have been read. Never rejects. */
export function unpackInWorker(
  order: UnpackOrder,
  onRead: (bytes: number) => void,
): Promise<Result<Unpacked, UnpackFailure>> {
  return new Promise((resolve) => {
    const fail = (sentence: string): void => resolve(err({ code: "unusable", sentence }));
    const worker = new Worker(new URL("./restore-worker.ts", import.meta.url), { workerData: order });
    worker.on("message", (message: FromUnpacking) => {
      if (message.type === "read") onRead(message.bytes);
      else resolve(message.result);
    });
    worker.once("error", (error) => fail(`The backup cannot be unpacked: ${reasonOf(error)}.`));
    // Its answer comes before its end; what has none ended too early.
    worker.once("exit", () => fail("The backup was not unpacked: its thread has ended."));
  });
}
