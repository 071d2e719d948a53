import type { RouteObject } from "react-router";

const form = () => import("./form-page.tsx");

export const routes: readonly RouteObject[] = [
  { path: "groups", lazy: () => import("./list-page.tsx") },
  { path: "groups/new", lazy: form },
  { path: "groups/:id", lazy: form },
];
