import type { RouteObject } from "react-router";

export const routes: readonly RouteObject[] = [
  { path: "settings", lazy: () => import("./page.tsx") },
  { path: "settings/:section", lazy: () => import("./page.tsx") },
];
