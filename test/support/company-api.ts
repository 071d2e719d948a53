import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AudioService, openLibrary } from "../../src/admin/audio-service.ts";
import { planPorts } from "../../src/admin/plans/plan-service.ts";
import { companyPorts } from "../../src/control/company-ports.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { type ApiBench, type ApiBenchOptions, withApi } from "./api.ts";
import { quietJobs } from "./jobs.ts";

/** Does something with an API that has the company as one file, things one by one, and dial plans; no webhook is asked. */
export async function withCompanyApi(
  options: Pick<ApiBenchOptions, "company">,
  work: (bench: ApiBench) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-company-"));
  const audio = new AudioService(openLibrary(folder, undefined, systemClock), systemClock, false);
  try {
    await withApi(
      {
        ...options,
        ports: (desk, store) => ({
          ...companyPorts({ desk, audio, store, jobs: quietJobs(), heard: undefined }),
          plans: planPorts({
            desk,
            plans: store.plans,
            calls: store.calls,
            wall: () => 1,
            rest: async () => {},
            ask: () => Promise.reject(new Error("nobody is asked")),
          }),
        }),
      },
      work,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
