import { MapView } from "../../lib/map-view.ts";
import { DEFAULT_PROMPTS } from "../default-prompts.ts";
import { directoryWebhook } from "../directory-webhook.ts";
import { emptySnapshot } from "../snapshot-change.ts";
import type { Around } from "./kind.ts";
import { type DocumentOf, type KindName, kindNamed } from "./kinds.ts";

/** The documents of a kind by their keys. */
export type DocumentsByKey = <Name extends KindName>(kind: Name) => ReadonlyMap<string, DocumentOf<Name>>;

const BUILT_IN = new Map(DEFAULT_PROMPTS.map((prompt) => [prompt.name, prompt]));
const { home, security } = emptySnapshot("");

/** What the checks of one document may ask of all the others; looks at them only when it is asked. */
export function aroundOf(documents: DocumentsByKey): Around {
  const known = (name: string) => {
    const kind = kindNamed(name);
    return kind === undefined ? undefined : { kind, own: documents(kind.kind) };
  };
  const settings = documents("settings").get("");
  return {
    has(name, key) {
      const found = known(name);
      return found !== undefined && (found.own.has(key) || found.kind.builtIn.includes(key));
    },
    keys(name) {
      const found = known(name);
      return found === undefined ? [] : [...found.kind.builtIn, ...found.own.keys()];
    },
    webhookNetworks: settings?.security.webhookAllowedNetworks ?? [],
    directory: {
      home: settings?.home ?? home,
      security: settings?.security ?? security,
      phones: documents("phone"),
      groups: documents("group"),
      plans: documents("plan"),
      webhooks: new MapView([documents("webhook")], directoryWebhook),
      audioMessages: new MapView<unknown, unknown>([BUILT_IN, documents("audioMessage")], (one) => one),
    },
  };
}
