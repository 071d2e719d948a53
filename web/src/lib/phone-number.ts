import type { MetadataJson, parsePhoneNumberFromString } from "libphonenumber-js/core";
import { useSyncExternalStore } from "react";
// The package leads its own name of this file to a script of the same content; wanted is the data.
import plansUrl from "../../../node_modules/libphonenumber-js/metadata.max.json?url";
import { giveNumberingPlans } from "../../../src/dialplan/numbering-plans.browser.ts";

// The numbering plans are data, 40 kB on the wire, fetched beside the program together with what reads them; until they are there,
// numbers are shown as they are.

let plans: MetadataJson | undefined;
let parse: typeof parsePhoneNumberFromString | undefined;
let loading: Promise<MetadataJson> | undefined;
const listeners = new Set<() => void>();

/** Fetches the numbering plans, once; the pure rooms may read numbers when it has resolved. */
export function loadNumberingPlans(): Promise<MetadataJson> {
  loading ??= Promise.all([
    fetch(plansUrl).then((response) => response.json() as Promise<MetadataJson>),
    import("libphonenumber-js/core"),
  ])
    .then(([loaded, core]) => {
      plans = loaded;
      parse = core.parsePhoneNumberFromString;
      giveNumberingPlans(loaded);
      for (const listener of listeners) listener();
      return loaded;
    })
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  void loadNumberingPlans().catch(() => undefined);
  return () => listeners.delete(listener);
}

const cache = new Map<string, string>();
const MOST_CACHED = 5000;

/** `+31501234567` as `+31 50 123 4567`; whatever else it is, unchanged. */
export function writtenNumber(text: string): string {
  if (plans === undefined || !/^\+\d{7,15}$/.test(text)) return text;
  const known = cache.get(text);
  if (known !== undefined) return known;
  const parsed = parse?.(text, { extract: false }, plans);
  // Eight digits in a row are read in two halves: +31 6 1234 5678.
  const written = parsed?.formatInternational().replace(/(?<!\d)(\d{4})(\d{4})(?!\d)/g, "$1 $2") ?? text;
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(text, written);
  return written;
}

const asItIs = (text: string): string => text;

/** A number that stays in one line, however narrow it is. */
export function inOneLine(written: string): string {
  return written.replaceAll(" ", "\u00a0");
}

/** The same for a component: another function when the numbering plans have come, so that whatever was made with it is made anew. */
export function useWrittenNumber(): (text: string) => string {
  return useNumberingPlans() ? writtenNumber : asItIs;
}

/** Whether the numbering plans are there; asks for them. */
export function useNumberingPlans(): boolean {
  return useSyncExternalStore(subscribe, () => plans !== undefined);
}
