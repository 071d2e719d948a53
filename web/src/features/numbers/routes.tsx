import type { RouteObject } from "react-router";

const form = () => import("./form-page.tsx");

export const routes: readonly RouteObject[] = [
  { path: "numbers", lazy: () => import("./list-page.tsx") },
  { path: "numbers/new", lazy: form },
  { path: "numbers/:id", lazy: form },
];
