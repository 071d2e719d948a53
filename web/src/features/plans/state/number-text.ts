import { type MetadataJson, parsePhoneNumber } from "libphonenumber-js/core";
// The package leads its name of this file to a script of the same; the data is wanted as data.
import plansUrl from "../../../../../node_modules/libphonenumber-js/metadata.max.json?url";
import { giveNumberingPlans, numberingPlans } from "../../../../../src/dialplan/numbering-plans.browser.ts";

let loading: Promise<void> | undefined;

/** Fetches the numbering plans of all countries: data, 40 kB on the wire. */
export function loadNumberingPlans(): Promise<void> {
  loading ??= fetch(plansUrl)
    .then((response) => response.json() as Promise<MetadataJson>)
    .then(giveNumberingPlans)
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

/** +31 50 123 4567, for reading; what is no such number stays as it is. Ask for the plans first. */
export function numberText(e164: string): string {
  try {
    return parsePhoneNumber(e164, numberingPlans()).formatInternational();
  } catch {
    return e164;
  }
}
