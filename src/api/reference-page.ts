import { createHash } from "node:crypto";
import { API_PROBLEMS } from "./contract/problem-kinds.ts";
import { byResource, ownCodes } from "./contract/reference.ts";
import type { RouteShape } from "./contract/route.ts";

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}" +
  "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #8884;padding:.3rem .6rem;text-align:left;vertical-align:top}" +
  "code{font-family:ui-monospace,monospace}:root{color-scheme:light dark}";

/** It is read without any other address, and runs nothing. */
export const REFERENCE_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'`;

/** The reference of the API as one HTML page. Each code is an anchor, to which the `type` of a problem leads. */
export function referencePage(routes: readonly RouteShape[], version: string): string {
  const resources = [...byResource(routes)].map(([resource, own]) => {
    const rows = own.map((route) =>
      row(
        `<code>${escape(`${route.method} ${route.path}`)}</code>`,
        escape(route.summary),
        route.role,
        ownCodes(route)
          .map((code) => `<a href="#${code}">${code}</a>`)
          .join(" "),
      ),
    );
    return `<h2>${escape(resource)}</h2>${table(["Route", "", "Least role", "May also refuse with"], rows)}`;
  });
  const problems = Object.entries(API_PROBLEMS).map(
    ([code, { status, title, sentence }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escape(title)}</td><td>${escape(sentence)}</td></tr>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The API of Switchhook</title><style>${STYLE}</style></head><body>
<h1>The API of Switchhook ${escape(version)}</h1>
<p>Below <code>/api/v1</code>, JSON. Every schema is in <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
${resources.join("\n")}
<h2>Errors</h2>${table(["Code", "Status", "Title", "Meaning, and what to do"], problems)}
</body></html>
`;
}

function table(heads: readonly string[], rows: readonly string[]): string {
  return `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function row(...cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
