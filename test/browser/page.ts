// What the page of walk.test.ts runs: the numbering plans are given, then calls walk.

import type { MetadataJson } from "libphonenumber-js/core";
import { giveNumberingPlans } from "../../src/dialplan/numbering-plans.browser.ts";
import { walkCalls } from "./calls.ts";

interface Element {
  textContent: string;
}
declare const document: { querySelector(selector: string): Element };

const walked = document.querySelector("#walked");
try {
  const plans = JSON.parse(document.querySelector("#numbering-plans").textContent) as MetadataJson;
  giveNumberingPlans(plans);
  walked.textContent = walkCalls();
} catch (error) {
  walked.textContent = `it failed: ${String(error)}`;
}
