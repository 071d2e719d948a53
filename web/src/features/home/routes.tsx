import type { RouteObject } from "react-router";

export const routes: readonly RouteObject[] = [{ index: true, lazy: () => import("./page.tsx") }];

export const bare: readonly RouteObject[] = [
  { path: "wallboard", hydrateFallbackElement: <></>, lazy: () => import("./wallboard-page.tsx") },
];
