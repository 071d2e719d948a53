import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../../runtime/clock.ts";
import { randomIds } from "../../runtime/ids.ts";
import { collectAtStart } from "../../runtime/memory.ts";
import type { FromMedia, MediaStart, ToMedia } from "./link.ts";
import { Outbox } from "./outbox.ts";
import { MediaService } from "./service.ts";

// The media thread's entry: joins the service to the port of its worker. Started by host.ts alone.

const port = parentPort;
if (port === null) throw new Error("media/builtin/thread.ts runs as a worker thread only");

const outbox = new Outbox<FromMedia>((messages) => port.postMessage(messages));
const send = (message: FromMedia): void => outbox.put(message);
const service = new MediaService(workerData as MediaStart, systemClock, randomIds(), send);
// Some 20 ms, before there is a stream that would have to wait; later on nothing would bring V8 to do it.
collectAtStart();
port.on("message", (messages: readonly ToMedia[]) => {
  for (const message of messages) {
    service.receive(message);
    if (message.type !== "shutDown") continue;
    outbox.flush();
    // With its port closed and its sockets gone nothing keeps the thread alive.
    port.close();
  }
});
