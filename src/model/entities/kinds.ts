import { audioMessage } from "./audio-message.ts";
import { group } from "./group.ts";
import type { EntityKind } from "./kind.ts";
import { number } from "./number.ts";
import { outbound } from "./outbound.ts";
import { phone } from "./phone.ts";
import { plan } from "./plan.ts";
import { settings } from "./settings.ts";
import { trunk } from "./trunk.ts";
import { webhook } from "./webhook.ts";

/** Every kind of entity, in the order in which the company file has them. */
export const KINDS = {
  settings,
  phone,
  group,
  trunk,
  outbound,
  audioMessage,
  webhook,
  plan,
  number,
} as const;

export type KindName = keyof typeof KINDS;

/** The document of a kind. */
export type DocumentOf<Name extends KindName> =
  (typeof KINDS)[Name] extends EntityKind<Name, infer Document> ? Document : never;

/** A document of any kind. */
export type AnyDocument = DocumentOf<KindName>;

/** A kind, whichever it is. */
export type AnyKind = EntityKind<KindName, AnyDocument>;

// Each kind is only ever given documents of its own, which TypeScript cannot follow through a table.
const byName = KINDS as unknown as Readonly<Record<KindName, AnyKind>>;

/** Every kind, in the order of the company file. */
export const kinds: readonly AnyKind[] = Object.values(byName);

export function kindOf(name: KindName): AnyKind {
  return byName[name];
}

/** Undefined where there is none of this name. */
export function kindNamed(name: string): AnyKind | undefined {
  return kinds.find(({ kind }) => kind === name);
}
