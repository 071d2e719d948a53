import type { MetadataJson } from "libphonenumber-js/core";
import metadata from "libphonenumber-js/max/metadata";

/** The numbering plans of all countries. A browser has numbering-plans.browser.ts in this file's place (docs/adr/0060). */
export function numberingPlans(): MetadataJson {
  return metadata;
}
