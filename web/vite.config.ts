import { convertCssVariables, DEFAULT_THEME, mergeMantineTheme } from "@mantine/core";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { ROUTES } from "../src/api/contract/routes.ts";
import { cssVariables, theme } from "./src/theme/theme.ts";

const THEME_FILE = "/__theme.css";
const ROUTES_FILE = "\0virtual:routes";

/**
 * `virtual:routes`: method and path of each route of the API by its id. The contract itself is made of schemas, which the first page
 * can do without; of it the sources have the types.
 */
function routesFile(): Plugin {
  const table = Object.fromEntries(ROUTES.map(({ id, method, path }) => [id, [method, path]]));
  return {
    name: "switchhook-routes",
    resolveId: (id) => (id === "virtual:routes" ? ROUTES_FILE : undefined),
    load: (id) => (id === ROUTES_FILE ? `export default ${JSON.stringify(table)};` : undefined),
  };
}

/** `virtual:theme.css`: all variables of the theme as a file, so that the page needs no style element (CSP `style-src 'self'`). */
function themeFile(): Plugin {
  return {
    name: "switchhook-theme",
    resolveId: (id) => (id === "virtual:theme.css" ? THEME_FILE : undefined),
    load: (id) =>
      id === THEME_FILE
        ? convertCssVariables(cssVariables(mergeMantineTheme(DEFAULT_THEME, theme)))
        : undefined,
  };
}

// Only `npm run dev` knows these: which server answers /api, and the token that the proxy adds. Nothing of it is ever built in.
const { SWITCHHOOK_DEV_API: api = "http://127.0.0.1:8080", SWITCHHOOK_DEV_TOKEN: token } = process.env;

export default defineConfig({
  plugins: [react(), themeFile(), routesFile()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  server: {
    proxy: {
      "/api": {
        target: api,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      },
    },
  },
});
