import type { RouteObject } from "react-router";

export const bare: readonly RouteObject[] = [
  { path: "login", hydrateFallbackElement: <></>, lazy: () => import("./login-page.tsx") },
  { path: "login/openid", hydrateFallbackElement: <></>, lazy: () => import("./open-id.tsx") },
  { path: "setup", hydrateFallbackElement: <></>, lazy: () => import("./setup-page.tsx") },
];
