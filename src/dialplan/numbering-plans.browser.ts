import type { MetadataJson } from "libphonenumber-js/core";

let given: MetadataJson | undefined;

/** The page loads the plans (150 kB of data) apart from the program and hands them over before the first number is read. */
export function giveNumberingPlans(plans: MetadataJson): void {
  given = plans;
}

/** The numbering plans of all countries. */
export function numberingPlans(): MetadataJson {
  if (given === undefined) throw new Error("a number is read before giveNumberingPlans was called");
  return given;
}
