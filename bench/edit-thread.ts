import { parentPort, workerData } from "node:worker_threads";
import { putEntity } from "../src/admin/edit-entity.ts";
import { startControlService } from "../src/control/start.ts";
import type { ControlStart, FromControl, ToControl } from "../src/link/link.ts";
import { systemClock } from "../src/runtime/clock.ts";
import { person } from "../test/support/person.ts";

// The control thread as it is, which also renames a phone when it is told to: the routes of the API come later.

export type ToEditThread =
  | ToControl
  | { readonly type: "rename"; readonly extension: string; readonly name: string };
export type FromEditThread = FromControl | { readonly type: "renamed"; readonly sentence: string };

const port = parentPort;
if (port === null) throw new Error("bench/edit-thread.ts runs as a worker thread only");
const send = (message: FromEditThread): void => port.postMessage(message);
const service = await startControlService(workerData as ControlStart, systemClock, send);
if (!service.ok) throw new Error(service.error.join("\n"));
const { value } = service;
port.on("message", (message: ToEditThread) => {
  if (message.type === "rename") void rename(message.extension, message.name);
  else if (message.type !== "stop") value.receive(message);
  else void value.stop().finally(() => port.close());
});

async function rename(extension: string, name: string): Promise<void> {
  const phone = value.desk.entities.get("phone", extension);
  if (phone === undefined) return send({ type: "renamed", sentence: `there is no phone ${extension}` });
  const { id, revision, document } = phone;
  const put = await putEntity(
    value.desk,
    { kind: "phone", id, revision, document: { ...document, name } },
    person("bench"),
  );
  const sentence = !put.ok ? put.error.sentence : put.value.isLive ? "" : "it was not taken over";
  send({ type: "renamed", sentence });
}
