import { accessRoutes } from "./access.ts";
import { audioRoutes } from "./audio.ts";
import { backupRoutes } from "./backup.ts";
import { callRoutes } from "./calls.ts";
import { companyRoutes } from "./company.ts";
import { companyFileRoutes } from "./company-file.ts";
import { entityRoutes } from "./entities.ts";
import { eventRoutes } from "./events.ts";
import { historyRoutes } from "./history.ts";
import { jobRoutes } from "./jobs.ts";
import { openIdRoutes } from "./open-id.ts";
import { overviewRoutes } from "./overview.ts";
import { planRoutes } from "./plans.ts";
import { practiceRoutes } from "./practice.ts";
import { referenceRoutes } from "./reference-routes.ts";
import { reloadRoutes } from "./reload.ts";
import { restoreRoutes } from "./restore.ts";
import type { RouteShape } from "./route.ts";
import { sessionRoutes } from "./session.ts";
import { tokenRoutes } from "./tokens.ts";
import { userRoutes } from "./users.ts";
import { webhookTrialRoutes } from "./webhook-trials.ts";

/** Everything that the API does. A resource is a file beside this one and a line here. */
const RESOURCES: readonly Readonly<Record<string, RouteShape>>[] = [
  companyRoutes,
  companyFileRoutes,
  audioRoutes,
  callRoutes,
  accessRoutes,
  historyRoutes,
  reloadRoutes,
  backupRoutes,
  restoreRoutes,
  planRoutes,
  sessionRoutes,
  openIdRoutes,
  userRoutes,
  tokenRoutes,
  referenceRoutes,
  webhookTrialRoutes,
  practiceRoutes,
  overviewRoutes,
  eventRoutes,
  jobRoutes,
];

export const ROUTES: readonly RouteShape[] = [
  ...entityRoutes,
  ...RESOURCES.flatMap((resource) => Object.values(resource)),
];
