import type { practiceRoutes } from "../../../../../src/api/contract/practice.ts";
import { api, request } from "../../../lib/api.ts";
import { ApiError, isStale } from "../../../lib/api-error.ts";
import type { DocumentOf, Entity } from "../../../lib/entities.ts";
import { madeFor, type UseName } from "./uses.ts";

type Practice = typeof practiceRoutes;
interface List<Document> {
  readonly items: readonly Entity<Document>[];
}

/** What was made. */
export interface MadeUse {
  readonly webhook: Entity<DocumentOf<"webhook">>;
  /** The number that had no plan and leads there now; undefined: all have one, or there is none. */
  readonly number: string | undefined;
}

/** Names that are tried where the first is taken: `PIN`, `PIN 2` … */
const MOST_NAMES = 20;

/**
 * Makes a use: practice receiver, webhook and plan, which a number without a plan gets. What cannot be finished is taken back; throws
 * ApiError with what the server said. Undefined: this server has no address at which it can ask itself.
 */
export async function makeUse(use: UseName, name: string): Promise<MadeUse | undefined> {
  const [phones, numbers, receiver] = await Promise.all([
    request<List<DocumentOf<"phone">>>("GET", "/phones", { query: { limit: 2 } }),
    request<List<DocumentOf<"number">>>("GET", "/numbers", { query: { limit: 100 } }),
    api<Practice["create"]>("practice.create", { body: {} }),
  ]);
  const { id, address } = receiver;
  if (address === undefined) return undefined;
  const of = (own: string) =>
    madeFor(use, { name: own, address, phones: phones.items.map(({ key }) => key) });
  const webhook = await underFreeName(name, (own) =>
    post<DocumentOf<"webhook">>("/webhooks", of(own).webhook),
  );
  const { plan, reply } = of(webhook.key);
  try {
    await api<Practice["reply"]>("practice.reply", { params: { id }, body: reply });
    const made = await underFreeName(plan.name, (own) =>
      post<DocumentOf<"plan">>("/plans", { ...plan, name: own }),
    );
    return { webhook, number: await leadThere(numbers.items, made.key) };
  } catch (error) {
    await request("DELETE", `/webhooks/${encodeURIComponent(webhook.id)}`, { ifMatch: webhook.revision });
    throw error;
  }
}

const post = <Document>(path: string, body: unknown) => request<Entity<Document>>("POST", path, { body });

async function underFreeName<Answer>(name: string, make: (name: string) => Promise<Answer>): Promise<Answer> {
  for (let nth = 1; ; nth += 1) {
    try {
      return await make(nth === 1 ? name : `${name} ${nth}`);
    } catch (error) {
      const isTaken = error instanceof ApiError && error.code === "taken";
      if (!isTaken || nth >= MOST_NAMES) throw error;
    }
  }
}

/** Gives the plan to the first number without one; somebody else may have been faster, and then none has it. */
async function leadThere(
  numbers: List<DocumentOf<"number">>["items"],
  plan: string,
): Promise<string | undefined> {
  const free = numbers.find(({ document }) => document.plan === undefined);
  if (free === undefined) return undefined;
  try {
    const path = `/numbers/${encodeURIComponent(free.id)}`;
    await request("PATCH", path, { body: { plan }, ifMatch: free.revision });
    return free.key;
  } catch (error) {
    if (isStale(error)) return undefined;
    throw error;
  }
}
