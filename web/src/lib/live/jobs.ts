import { useCallback } from "react";
import type { jobRoutes } from "../../../../src/api/contract/jobs.ts";
import type { AnswerOf } from "../../../../src/api/contract/route.ts";
import { useHappenings } from "./live.ts";

/** Something that takes long, and how far it has come. */
type Job = AnswerOf<typeof jobRoutes.get>;

/** Tells a component how jobs go on, anybody's; `listener` has to stay the same. */
export function useJobs(listener: (job: Job) => void): void {
  useHappenings(
    useCallback(
      ({ topic, data }) => {
        if (topic === "job.progress") listener(data as Job);
      },
      [listener],
    ),
  );
}
