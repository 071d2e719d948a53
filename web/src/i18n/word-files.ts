import type { ResourceKey } from "i18next";

// Each namespace and language is a file of its own, loaded when a page first needs it.
const files = import.meta.glob<{ readonly default: ResourceKey }>([
  "../features/*/words/*.ts",
  "../app/words/*.ts",
]);

/** The words of a namespace: `shell`, or the name of a feature. */
export async function loadWords(language: string, namespace: string): Promise<ResourceKey> {
  const place = namespace === "shell" ? "../app" : `../features/${namespace}`;
  const load = files[`${place}/words/${language}.ts`];
  if (load === undefined) throw new Error(`there are no words "${namespace}" in "${language}"`);
  return (await load()).default;
}
