import i18next from "i18next";
import { createBrowserRouter, matchRoutes, type RouteObject } from "react-router";
import { startWords } from "../i18n/i18n.ts";
import { whenAhead } from "../lib/ahead.ts";
import { NotFound, RouteError } from "./route-error.tsx";
import { Shell } from "./shell.tsx";

/** What `features/<name>/routes.tsx` exports. */
interface Feature {
  /** Pages inside the shell, each `lazy`. */
  readonly routes?: readonly RouteObject[];
  /** Pages without the menu: signing in, the wallboard. */
  readonly bare?: readonly RouteObject[];
}

const features = Object.entries(import.meta.glob<Feature>("../features/*/routes.tsx", { eager: true })).map(
  ([file, { routes = [], bare = [] }]) => {
    const name = file.split("/").at(-2) ?? "";
    return {
      routes: routes.map((route) => withWords(name, route)),
      bare: bare.map((route) => withWords(name, route)),
    };
  },
);

/** A page whose words come along with its program. */
function withWords(feature: string, route: RouteObject): RouteObject {
  const { lazy } = route;
  if (typeof lazy !== "function") return route;
  return {
    ...route,
    async lazy() {
      // Of the first page of a visit both are on their way already (first.ts).
      const words = startWords().then(() => i18next.loadNamespaces(feature));
      const [page] = await Promise.all([lazy(), words]);
      return page;
    },
  };
}

const routes: RouteObject[] = [
  ...features.flatMap(({ bare }) => bare).map((route) => ({ errorElement: <RouteError />, ...route })),
  {
    path: "/",
    element: <Shell />,
    hydrateFallbackElement: <></>,
    errorElement: <RouteError />,
    children: [
      {
        errorElement: <RouteError />,
        children: [...features.flatMap((feature) => feature.routes), { path: "*", element: <NotFound /> }],
      },
    ],
  },
];

export const router = createBrowserRouter(routes);

whenAhead((path) => {
  for (const { route } of matchRoutes(routes, path) ?? [])
    if (typeof route.lazy === "function") void route.lazy().catch(() => undefined);
});
