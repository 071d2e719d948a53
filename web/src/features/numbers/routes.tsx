import type { RouteObject } from "react-router";
import { loadNumberingPlans } from "../../lib/phone-number.ts";

/** With the numbering plans, without which what is typed could not be read; where they cannot be had, the form says what it takes. */
const form = async () => {
  const page = import("./form-page.tsx");
  await Promise.allSettled([page, loadNumberingPlans()]);
  return page;
};

export const routes: readonly RouteObject[] = [
  { path: "numbers", lazy: () => import("./list-page.tsx") },
  { path: "numbers/new", lazy: form },
  { path: "numbers/:id", lazy: form },
];
