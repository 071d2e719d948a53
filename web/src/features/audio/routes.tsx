import type { RouteObject } from "react-router";

const form = () => import("./form-page.tsx");

export const routes: readonly RouteObject[] = [
  { path: "audio", lazy: () => import("./list-page.tsx") },
  { path: "audio/new", lazy: form },
  { path: "audio/:id", lazy: form },
];
