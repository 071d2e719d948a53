import { randomBytes } from "node:crypto";
import { err, ok, type Result } from "../../lib/result.ts";
import type { Doer } from "../../model/audit.ts";
import { type CallFix, type FixName, fixesOf } from "../../model/call-fixes.ts";
import type { EditRefusal } from "../../model/entities/change.ts";
import type { Entities, Entity } from "../../model/entities/entities.ts";
import type { KindName } from "../../model/entities/kinds.ts";
import type { CallRepository } from "../../model/repositories.ts";
import type { Desk } from "../desk.ts";
import { type EditedEntity, putEntity } from "../edit-entity.ts";

/** A fix as somebody decides about it. */
export interface OfferedFix {
  readonly fix: FixName;
  readonly about: CallFix;
  /** What it would permit, in a sentence, with the names of what it changes. */
  readonly permits: string;
  /** What may be chosen: names of plans or trunks; empty: nothing is. */
  readonly choices: readonly string[];
}

/** How a fix is to be done. */
export interface FixChoice {
  /** Of the plan, or of the trunk. */
  readonly name?: string | undefined;
  /** Left out: a random one is made. */
  readonly password?: string | undefined;
}

export interface FixMade extends EditedEntity {
  /** Made here, and shown this once. */
  readonly password: string | undefined;
}

export type FixRefusal =
  | EditRefusal
  | { readonly code: "noSuchCall" | "noSuchFix" }
  | { readonly code: "noSuchChoice"; readonly choices: readonly string[] };

/** 120 bits, without characters that are mistaken for each other on a phone's display. */
const PASSWORD_BYTES = 15;

/** What mends calls that were refused. */
export class CallFixes {
  readonly #desk: Desk;
  readonly #calls: Pick<CallRepository, "get">;

  constructor(desk: Desk, calls: Pick<CallRepository, "get">) {
    this.#desk = desk;
    this.#calls = calls;
  }

  /** Undefined: there is no such call. */
  async offered(id: string): Promise<readonly OfferedFix[] | undefined> {
    const record = await this.#calls.get(id);
    if (record === undefined) return undefined;
    const { entities } = this.#desk;
    return fixesOf(record)
      .map((about) => offer(about, entities))
      .filter((one) => one !== undefined);
  }

  async make(id: string, fix: FixName, choice: FixChoice, by: Doer): Promise<Result<FixMade, FixRefusal>> {
    const offered = await this.offered(id);
    if (offered === undefined) return err({ code: "noSuchCall" });
    const found = offered.find((one) => one.fix === fix);
    if (found === undefined) return err({ code: "noSuchFix" });
    const { choices, about } = found;
    const { name = choices.length === 1 ? choices[0] : undefined } = choice;
    const needsName = about.fix !== "newPassword";
    if (needsName && (name === undefined || !choices.includes(name)))
      return err({ code: "noSuchChoice", choices });
    switch (about.fix) {
      case "givePlan":
        return this.#givePlan(about.number, name ?? "", by);
      case "trustAddress":
        return this.#trustAddress(about.address, name ?? "", by);
      case "newPassword":
        return this.#newPassword(about.extension, choice.password, by);
    }
  }

  async #givePlan(number: string, plan: string, by: Doer): Promise<Result<FixMade, FixRefusal>> {
    const stored = this.#desk.entities.get("number", number);
    const document = { ...stored?.document, number, plan };
    return without(await this.#put("number", stored, document, by));
  }

  async #trustAddress(address: string, trunk: string, by: Doer): Promise<Result<FixMade, FixRefusal>> {
    const stored = this.#desk.entities.get("trunk", trunk);
    const network = networkOf(address);
    const acceptFrom = [...(stored?.document.acceptFrom ?? []).filter((one) => one !== network), network];
    const document = { ...stored?.document, acceptFrom };
    return without(await this.#put("trunk", stored, document, by));
  }

  async #newPassword(
    extension: string,
    given: string | undefined,
    by: Doer,
  ): Promise<Result<FixMade, FixRefusal>> {
    const stored = this.#desk.entities.get("phone", extension);
    const made = given === undefined ? randomBytes(PASSWORD_BYTES).toString("base64url") : undefined;
    const document = { ...stored?.document, password: given ?? made };
    const put = await this.#put("phone", stored, document, by);
    return put.ok ? ok({ ...put.value, password: made }) : put;
  }

  /** In the place of what was read, and of nothing that somebody made of it meanwhile. */
  #put(
    kind: KindName,
    stored: Pick<Entity, "id" | "revision"> | undefined,
    document: unknown,
    by: Doer,
  ): Promise<Result<EditedEntity, EditRefusal>> {
    const { id, revision } = stored ?? {};
    return putEntity(this.#desk, { kind, id, revision, document }, by);
  }
}

function without(put: Result<EditedEntity, EditRefusal>): Result<FixMade, FixRefusal> {
  return put.ok ? ok({ ...put.value, password: undefined }) : put;
}

/** Undefined: what it would change is not there. */
function offer(about: CallFix, entities: Entities): OfferedFix | undefined {
  switch (about.fix) {
    case "givePlan": {
      const choices = entities.all("plan").map(({ document }) => document.name);
      const { number } = about;
      const isOurs = entities.get("number", number) !== undefined;
      const first = isOurs ? "" : `${number} becomes a number of this installation. `;
      const permits = `${first}Whoever calls ${number} through a trunk is served by the dial plan that you choose.`;
      return choices.length === 0 ? undefined : { fix: about.fix, about, permits, choices };
    }
    case "trustAddress": {
      const choices = entities.all("trunk").map(({ document }) => document.name);
      const { address } = about;
      const permits =
        `Everything that comes from ${networkOf(address)} counts as the trunk that you choose: it calls all numbers of ` +
        "this installation, without a password. Do this only for an address of your provider.";
      return choices.length === 0 ? undefined : { fix: about.fix, about, permits, choices };
    }
    case "newPassword": {
      const { extension } = about;
      if (entities.get("phone", extension) === undefined) return undefined;
      const permits =
        `Phone ${extension} gets another password: whoever has it can log in as ${extension} and call from there. ` +
        "A device with the old one is logged out when its registration ends, and has to be given the new one.";
      return { fix: about.fix, about, permits, choices: [] };
    }
  }
}

function networkOf(address: string): string {
  return address.includes(":") ? `${address}/128` : `${address}/32`;
}
