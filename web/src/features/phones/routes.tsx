import type { RouteObject } from "react-router";

const form = () => import("./form-page.tsx");

export const routes: readonly RouteObject[] = [
  { path: "phones", lazy: () => import("./list-page.tsx") },
  { path: "phones/new", lazy: form },
  { path: "phones/:id", lazy: form },
];
