import { parsePhoneNumber } from "libphonenumber-js/core";
import { giveNumberingPlans, numberingPlans } from "../../../../../src/dialplan/numbering-plans.browser.ts";

let loading: Promise<void> | undefined;

/** Fetches the numbering plans of all countries, which are as large as the program. */
export function loadNumberingPlans(): Promise<void> {
  loading ??= import("libphonenumber-js/max/metadata").then(({ default: plans }) =>
    giveNumberingPlans(plans),
  );
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
