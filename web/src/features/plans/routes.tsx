import type { RouteObject } from "react-router";

export const routes: readonly RouteObject[] = [
  { path: "plans", lazy: () => import("./list/page.tsx") },
  { path: "plans/new", lazy: () => import("./list/page.tsx") },
  { path: "plans/:id", lazy: () => import("./editor/page.tsx") },
  { path: "plans/:id/draft", lazy: () => import("./editor/page.tsx") },
  { path: "plans/:id/versions", lazy: () => import("./publish/history-page.tsx") },
  { path: "plans/:id/versions/:version", lazy: () => import("./publish/version-page.tsx") },
];
