import { parentPort, workerData } from "node:worker_threads";
import type { ControlStart, FromControl, ToControl } from "../link/link.ts";
import { systemClock } from "../runtime/clock.ts";
import { collectAfterStart } from "../runtime/memory.ts";
import { stepBack } from "../runtime/thread-priority.ts";
import { startControlService } from "./start.ts";

// The control thread's entry: joins the service to the port of its worker. Started by link/host.ts alone.

/** A quarter of a processor that signalling wants too, and all of one that it does not. */
const NICE = 5;

const port = parentPort;
if (port === null) throw new Error("control/thread.ts runs as a worker thread only");

// Calls go first where processors are scarce (docs/adr/0101).
stepBack(NICE);

const send = (message: FromControl): void => port.postMessage(message);
const service = await startControlService(workerData as ControlStart, systemClock, send);
if (service.ok) {
  const collecting = collectAfterStart(systemClock);
  port.on("message", (message: ToControl) => {
    if (message.type !== "stop") service.value.receive(message);
    // With its port closed and its sockets gone nothing keeps the thread alive.
    else {
      collecting.cancel();
      void service.value.stop().finally(() => port.close());
    }
  });
} else {
  send({ type: "failed", sentences: service.error });
}
