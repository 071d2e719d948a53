import type { Desk } from "../admin/desk.ts";
import { planPorts } from "../admin/plans/plan-service.ts";
import type { ShownSimulation } from "../api/contract/plans.ts";
import type { Refused } from "../api/contract/problems.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Repositories } from "../model/repositories.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Ask, ReadFailure } from "./api-client.ts";
import type { Failure } from "./failure.ts";
import type { SimulationWish } from "./installation-port.ts";

type Simulated = Promise<Result<ShownSimulation, Failure>>;

/** Through a running server, which can really ask webhooks. */
export async function simulateOverApi(
  ask: Ask,
  failureOf: ReadFailure,
  { draft, ...wanted }: SimulationWish,
): Simulated {
  const send = async (path: string, body: unknown): Simulated => {
    const response = await ask(path, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) return response;
    if (response.value.ok) return ok((await response.value.json()) as ShownSimulation);
    const { status } = response.value;
    if (status !== 404 && status !== 422) return err(await failureOf(response.value));
    const { detail = "" } = (await response.value.json()) as { readonly detail?: string };
    return err(rejected(detail));
  };
  if (draft === undefined) return send("simulate", wanted);
  const found = await ask(`plans?limit=500&q=${encodeURIComponent(draft)}`);
  if (!found.ok) return found;
  if (!found.value.ok) return err(await failureOf(found.value));
  const { items } = (await found.value.json()) as {
    readonly items: readonly { readonly id: string; readonly key: string }[];
  };
  const id = items.find(({ key }) => key === draft)?.id;
  if (id === undefined) return err(noPlan(draft));
  const { plan: _plan, ...call } = wanted;
  return send(`plans/${id}/simulate`, { ...call, on: "draft" });
}

/** On a data folder alone: nobody is asked. */
export async function simulateOverStore(
  desk: Desk,
  { plans, calls }: Pick<Repositories, "plans" | "calls">,
  { draft, ...wanted }: SimulationWish,
): Simulated {
  if (wanted.ask.length > 0)
    return err(rejected("Webhooks are really asked by a running server; none runs here."));
  const ports = planPorts({
    desk,
    plans,
    calls,
    wall: () => systemClock.wall(),
    rest: async () => {},
    ask: () => Promise.reject(new Error("nobody is asked without a server")),
  });
  if (draft === undefined) return told(await ports.simulateCall(wanted));
  const plan = desk.entities.get("plan", draft);
  if (plan === undefined) return err(noPlan(draft));
  return told(await ports.simulate(plan.id, { ...wanted, on: "draft" }));
}

function told(result: Result<ShownSimulation, Refused>): Result<ShownSimulation, Failure> {
  return result.ok ? result : err(rejected(result.error.detail));
}

function noPlan(name: string): Failure {
  return rejected(`There is no dial plan "${name}".`);
}

function rejected(sentence: string): Failure {
  return { type: "rejected", sentence };
}
