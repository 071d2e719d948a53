import type { RouteObject } from "react-router";

const form = () => import("./form-page.tsx");

export const routes: readonly RouteObject[] = [
  { path: "webhooks", lazy: () => import("./list-page.tsx") },
  { path: "webhooks/new", lazy: form },
  { path: "webhooks/:id", lazy: form },
];
