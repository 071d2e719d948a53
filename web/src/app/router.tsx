import { createBrowserRouter, type RouteObject } from "react-router";
import { NotFound, RouteError } from "./route-error.tsx";
import { Shell } from "./shell.tsx";

/** What `features/<name>/routes.tsx` exports. */
interface Feature {
  /** Pages inside the shell, each `lazy`. */
  readonly routes?: readonly RouteObject[];
  /** Pages without the menu: signing in, the wallboard. */
  readonly bare?: readonly RouteObject[];
}

const features = Object.values(import.meta.glob<Feature>("../features/*/routes.tsx", { eager: true }));

export const router = createBrowserRouter([
  ...features.flatMap(({ bare = [] }) => bare).map((route) => ({ errorElement: <RouteError />, ...route })),
  {
    path: "/",
    element: <Shell />,
    hydrateFallbackElement: <></>,
    errorElement: <RouteError />,
    children: [
      {
        errorElement: <RouteError />,
        children: [...features.flatMap(({ routes = [] }) => routes), { path: "*", element: <NotFound /> }],
      },
    ],
  },
]);
