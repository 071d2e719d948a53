import type { practiceRoutes } from "../../../../../src/api/contract/practice.ts";
import { listAll } from "../../../lib/all-entities.ts";
import { api, request } from "../../../lib/api.ts";
import { ApiError, isStale } from "../../../lib/api-error.ts";
import type { DocumentOf, Entity } from "../../../lib/entities.ts";
import { allOrNone } from "./all-or-none.ts";
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
    listAll<DocumentOf<"number">>("/numbers"),
    api<Practice["create"]>("practice.create", { body: {} }),
  ]);
  const { id, address } = receiver;
  if (address === undefined) return undefined;
  const of = (own: string) =>
    madeFor(use, { name: own, address, phones: phones.items.map(({ key }) => key) });
  return allOrNone(async (made) => {
    const webhook = await underFreeName(name, (own) =>
      post<DocumentOf<"webhook">>("/webhooks", of(own).webhook),
    );
    made(() => remove("/webhooks", webhook));
    const { plan, reply } = of(webhook.key);
    await api<Practice["reply"]>("practice.reply", { params: { id }, body: reply });
    const there = await underFreeName(plan.name, (own) =>
      post<DocumentOf<"plan">>("/plans", { ...plan, name: own }),
    );
    made(() => remove("/plans", there));
    return { webhook, number: await leadThere(numbers, there.key) };
  });
}

const post = <Document>(path: string, body: unknown) => request<Entity<Document>>("POST", path, { body });
const remove = (path: string, { id, revision }: Entity<unknown>) =>
  request("DELETE", `${path}/${encodeURIComponent(id)}`, { ifMatch: revision });

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
  numbers: readonly Entity<DocumentOf<"number">>[],
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
