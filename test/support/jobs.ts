import { Jobs } from "../../src/admin/jobs.ts";
import { randomIds } from "../../src/runtime/ids.ts";

/** Jobs of which nobody is told. */
export function quietJobs(): Jobs {
  return new Jobs({ ids: randomIds(), wall: () => Date.now(), tell: () => {} });
}
