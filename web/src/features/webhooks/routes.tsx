import type { RouteObject } from "react-router";

const form = () => import("./form-page.tsx");

export const routes: readonly RouteObject[] = [
  { path: "webhooks", lazy: () => import("./list-page.tsx") },
  { path: "webhooks/new", lazy: form },
  { path: "webhooks/recipes", lazy: () => import("./uses/uses-page.tsx") },
  { path: "webhooks/practice/:id", lazy: () => import("./practice/practice-page.tsx") },
  { path: "webhooks/:id", lazy: form },
  { path: "webhooks/:id/recipe", lazy: () => import("./recipe/recipe-page.tsx") },
  { path: "webhooks/:id/requests", lazy: () => import("./requests-page.tsx") },
];
