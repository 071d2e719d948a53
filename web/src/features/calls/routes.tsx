import type { RouteObject } from "react-router";

export const routes: readonly RouteObject[] = [
  { path: "calls", lazy: () => import("./list-page.tsx") },
  { path: "calls/:id", lazy: () => import("./call-page.tsx") },
];
