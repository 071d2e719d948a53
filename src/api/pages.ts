import { existsSync } from "node:fs";
import { join } from "node:path";
import send from "@fastify/send";
import type { FastifyInstance, FastifyReply } from "fastify";
import { sendProblem } from "./problem.ts";
import { notFound, pathOf } from "./refusals.ts";

/** What the pages may do in a browser (docs/adr/0074): load from here, ask here, nothing else; no text becomes code. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
].join("; ");

const PAGE_HEADERS = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "microphone=(self), camera=(), geolocation=()",
} as const;

/** Files whose names change with their content: Vite's. */
const HASHED = "/assets/";
const FOREVER = "public, max-age=31536000, immutable";
/** Asked for again each time; the ETag says whether it is the same. */
const ASK_AGAIN = "no-cache";

/** What there is to see before the interface is built. No script, no style: it stands by itself. */
const NOT_BUILT = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Switchhook</title>
  </head>
  <body>
    <h1>Switchhook runs</h1>
    <p>Calls are served. Its web interface has not been built yet.</p>
    <p>Build it with <code>npm run build --workspace web</code> in the folder of the program, then load this page again.</p>
  </body>
</html>
`;

/**
 * The web interface: files of `root`, and its one page for every address that is no file. Nothing of the installation is in
 * them, so everybody may have them.
 */
export function servePages(server: FastifyInstance, root: string): void {
  server.get("/*", (request, reply) => {
    const path = pathOf(request.url);
    if (path.startsWith("/api/")) return sendProblem(reply, notFound(request.raw));
    reply.headers(PAGE_HEADERS);
    if (isFileName(path)) return sendBuilt(reply, root, path);
    if (!existsSync(join(root, "index.html")))
      return reply.code(503).type("text/html; charset=utf-8").send(NOT_BUILT);
    // It names the scripts of this release, so it is never kept.
    return sendFile(reply.header("cache-control", "no-store"), root, "index.html");
  });
}

/** Files have an extension, addresses of pages have none. */
function isFileName(path: string): boolean {
  return /\.[a-z0-9]{1,12}$/i.test(path);
}

/** Of these a build has a compressed one beside each that is large (docs/adr/0138). */
const COMPRESSED: Readonly<Record<string, string>> = {
  js: "application/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json; charset=utf-8",
};

async function sendBuilt(reply: FastifyReply, root: string, path: string): Promise<FastifyReply> {
  // What the bundler makes is in plain letters: nothing to decode, nothing to climb out by.
  const isPlain = /^(?:\/[\w-][\w.-]*)+$/.test(path) && !path.includes("..");
  if (!isPlain || !existsSync(join(root, path))) return sendProblem(reply, notFound(reply.request.raw));
  reply.header("cache-control", path.startsWith(HASHED) ? FOREVER : ASK_AGAIN);
  const file = path.slice(1);
  const type = COMPRESSED[file.slice(file.lastIndexOf(".") + 1)];
  if (type === undefined) return sendFile(reply, root, file);
  // Also where it goes as it is: a cache on the way must not give that to everybody.
  reply.header("vary", "accept-encoding");
  const gzip = `${file}.gz`;
  if (!takesGzip(reply.request.headers["accept-encoding"]) || !existsSync(join(root, gzip)))
    return sendFile(reply, root, file);
  return sendFile(reply, root, gzip, { "content-type": type, "content-encoding": "gzip" });
}

/** Whether `Accept-Encoding` names gzip, and not as what is refused (RFC 9110 §12.5.3: `gzip;q=0`). */
function takesGzip(accepts: string | string[] | undefined): boolean {
  return String(accepts ?? "")
    .split(",")
    .some((one) => /^\s*(?:x-)?gzip\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/i.test(one));
}

/** With its ETag and date, and what is said of it besides; a part of it, or nothing where it is the same, as the request asks. */
async function sendFile(
  reply: FastifyReply,
  root: string,
  file: string,
  said: Readonly<Record<string, string>> = {},
): Promise<FastifyReply> {
  const found = await send(reply.request.raw, file, { root, dotfiles: "ignore", cacheControl: false });
  if (found.type === "file") {
    // Of what a browser has it is told no more than that (RFC 9110 §15.4.5).
    const headers = found.statusCode === 304 ? found.headers : { ...found.headers, ...said };
    return reply.code(found.statusCode).headers(headers).send(found.stream);
  }
  reply.header("cache-control", "no-store");
  // A range that it does not have (RFC 9110 §15.5.17), a condition that does not hold (§15.5.13): said by the status and its headers.
  if (found.type === "error" && [412, 416].includes(found.statusCode))
    return reply.code(found.statusCode).headers(found.headers).send(found.stream);
  if (found.type === "error" && found.statusCode !== 404) throw found.metadata.error;
  return sendProblem(reply, notFound(reply.request.raw));
}
