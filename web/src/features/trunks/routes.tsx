import type { RouteObject } from "react-router";

const form = () => import("./form-page.tsx");

export const routes: readonly RouteObject[] = [
  { path: "trunks", lazy: () => import("./list-page.tsx") },
  { path: "trunks/new", lazy: form },
  { path: "trunks/:id", lazy: form },
];
