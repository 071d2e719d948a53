// What the second page of walk.test.ts runs: every call of every scenario, simulated by the bundled core.

import type { MetadataJson } from "libphonenumber-js/core";
import { giveNumberingPlans } from "../../src/dialplan/numbering-plans.browser.ts";
import type { Company } from "../../src/model/company.ts";
import { planChange } from "../../src/model/entities/change.ts";
import { difference } from "../../src/model/entities/difference.ts";
import { Entities } from "../../src/model/entities/entities.ts";
import { worldOf } from "../../src/simulate/world.ts";
import { type ScenarioCall, simulatedLines } from "../scenarios/play/simulated.ts";

/** What the page is given of a scenario. */
export interface GivenScenario {
  readonly name: string;
  readonly company: Company;
  readonly calls: readonly ScenarioCall[];
}

interface Element {
  textContent: string;
}
declare const document: { querySelector(selector: string): Element };

const given = (id: string): unknown => JSON.parse(document.querySelector(id).textContent, octetsAgain);

/** Octets are written as `{"octets":[1,2]}`. */
function octetsAgain(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("octets" in value)) return value;
  return new Uint8Array(value.octets as readonly number[]);
}

function walked({ company, calls }: GivenScenario): unknown {
  let last = 0;
  const identity = (): { readonly id: string; readonly revision: number } => {
    last += 1;
    return { id: `id${last}`, revision: 0 };
  };
  const editor = { by: "browser", at: 0, identity };
  const planned = planChange(Entities.none, difference(Entities.none, company), editor);
  if (!planned.ok) throw new Error(planned.error.sentence);
  const world = worldOf(planned.value?.after ?? Entities.none);
  return calls.map((call) => simulatedLines(world, call));
}

const told = document.querySelector("#walked");
try {
  giveNumberingPlans(given("#numbering-plans") as MetadataJson);
  told.textContent = JSON.stringify((given("#given") as readonly GivenScenario[]).map(walked));
} catch (error) {
  told.textContent = `it failed: ${String(error)}`;
}
