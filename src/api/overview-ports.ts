import type { WebhookRequest } from "../model/webhook-requests.ts";
import type { overviewRoutes } from "./contract/overview.ts";
import type { AnswerOf } from "./contract/route.ts";

type Routes = typeof overviewRoutes;

/** What the API needs to say how things go. */
export interface OverviewPorts {
  overview(): Promise<AnswerOf<Routes["home"]>>;
  readonly webhookHealth: {
    all(): Promise<AnswerOf<Routes["status"]>["webhooks"]>;
    /** Undefined: there is no such webhook; so `recent`. */
    of(id: string): Promise<AnswerOf<Routes["health"]> | undefined>;
    recent(
      id: string,
      limit: number,
      before: Pick<WebhookRequest, "at" | "call" | "nth"> | undefined,
    ): Promise<readonly WebhookRequest[] | undefined>;
  };
}
