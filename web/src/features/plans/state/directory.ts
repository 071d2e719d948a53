import type { Directory, GroupStrategy } from "../../../../../src/dialplan/directory.ts";
import { DEFAULT_PROMPTS } from "../../../../../src/model/default-prompts.ts";
import { directoryWebhook } from "../../../../../src/model/directory-webhook.ts";
import type { calledWebhook } from "../../../../../src/simulate/world.ts";

/** An entity as the API lists it, its document not looked at yet. */
export interface Listed<Document> {
  readonly id: string;
  readonly key: string;
  readonly document: Document;
}

/** What a plan may refer to, as the API has it. */
export interface Things {
  readonly settings:
    | {
        readonly home: { readonly country: string };
        readonly security?: { readonly dialCountries?: readonly string[] | undefined } | undefined;
      }
    | undefined;
  readonly phones: readonly Listed<{ readonly extension: string; readonly name: string }>[];
  readonly groups: readonly Listed<{
    readonly extension: string;
    readonly name: string;
    readonly members: readonly string[];
    readonly strategy?: GroupStrategy | undefined;
  }>[];
  readonly webhooks: readonly Listed<Parameters<typeof calledWebhook>[0] & { readonly name: string }>[];
  readonly audioMessages: readonly Listed<{ readonly name: string }>[];
  readonly plans: readonly Listed<{ readonly name: string }>[];
}

/** The same as the compiler and the walk look it up. */
export function directoryOf({ settings, phones, groups, webhooks, audioMessages, plans }: Things): Directory {
  return {
    home: { country: settings?.home.country ?? "NL" },
    security: { dialCountries: settings?.security?.dialCountries ?? [] },
    phones: new Map(phones.map(({ document: { extension, name } }) => [extension, { name }])),
    groups: new Map(
      groups.map(({ document: { extension, name, members, strategy = "all" } }) => [
        extension,
        { name, members, strategy },
      ]),
    ),
    webhooks: new Map(webhooks.map(({ document }) => [document.name, directoryWebhook(document)])),
    audioMessages: new Map(
      [...audioMessages.map(({ document }) => document), ...DEFAULT_PROMPTS].map(({ name }) => [name, {}]),
    ),
    plans: new Map(plans.map(({ document }) => [document.name, {}])),
  };
}
