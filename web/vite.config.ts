import { writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
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

const link = (attrs: { readonly rel: string; readonly href: string }) => ({
  tag: "link",
  attrs: { ...attrs, crossorigin: true },
  injectTo: "head" as const,
});

/** The head of the page names what `begin` will import, so that both are fetched at once. */
function firstFiles(): Plugin {
  return {
    name: "switchhook-first",
    transformIndexHtml: (_html, { bundle = {} }) =>
      Object.values(bundle).flatMap((chunk) => {
        if (chunk.type !== "chunk" || chunk.name !== "first") return [];
        const styles = [...(chunk.viteMetadata?.importedCss ?? [])];
        // Styles behind those of Mantine, which are of `begin`.
        return [
          link({ rel: "modulepreload", href: `/${chunk.fileName}` }),
          ...styles.map((file) => link({ rel: "stylesheet", href: `/${file}` })),
        ];
      }),
  };
}

/** What is worth it: fonts are compressed already. */
const COMPRESSED = /^assets\/.*\.(?:js|css|json)$/;
/** A response of that many octets or fewer is one packet as it is. */
const ONE_PACKET = 1_200;

/** Writes `x.js.gz` beside `x.js`, which the server sends to whoever takes it (docs/adr/0138). */
function compressedFiles(): Plugin {
  return {
    name: "switchhook-compressed",
    writeBundle({ dir }, bundle) {
      if (dir === undefined) return;
      for (const file of Object.values(bundle)) {
        const content = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (!COMPRESSED.test(file.fileName) || content.length <= ONE_PACKET) continue;
        writeFileSync(path.join(dir, `${file.fileName}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}

// Only `npm run dev` knows these: which server answers /api, and the token that the proxy adds. Nothing of it is ever built in.
const { SWITCHHOOK_DEV_API: api = "http://127.0.0.1:8080", SWITCHHOOK_DEV_TOKEN: token } = process.env;

export default defineConfig({
  plugins: [react(), themeFile(), routesFile(), firstFiles(), compressedFiles()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    // What the pages that visits begin with are made of is one file (docs/adr/0133): fifty small ones took longer than what is in them.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "begin",
              test: /web\/src\/(?:main\.tsx|first\.ts)$|vite\/preload-helper/,
              priority: 2,
            },
            {
              name: "first",
              priority: 1,
              test: /web\/src\/(?:start|features\/home\/page|features\/signin\/login-page)\.tsx$/,
            },
          ],
        },
      },
    },
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
