import { convertCssVariables, DEFAULT_THEME, mergeMantineTheme } from "@mantine/core";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { cssVariables, theme } from "./src/theme/theme.ts";

const THEME_FILE = "/__theme.css";

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
  plugins: [react(), themeFile()],
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
