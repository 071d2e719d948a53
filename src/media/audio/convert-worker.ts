import { parentPort, workerData } from "node:worker_threads";
import { convert } from "./convert.ts";
import type { OwnKind } from "./sniff.ts";

// One conversion in a thread of its own, started by import.ts alone: what goes wrong in a decoder ends here (docs/adr/0025).

const { kind, bytes } = workerData as {
  readonly kind: OwnKind;
  readonly bytes: Uint8Array;
};
const converted = await convert(kind, bytes);
parentPort?.postMessage(
  converted,
  converted.ok ? Object.values(converted.value.files).map((file) => file.buffer as ArrayBuffer) : [],
);
