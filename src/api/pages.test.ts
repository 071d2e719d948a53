import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { createApiServer } from "./server.ts";
import { silentPorts } from "./silent-ports.suite.ts";

async function withPages(
  pagesFolder: string,
  work: (
    get: (path: string, method?: string, headers?: Record<string, string>) => Promise<Response>,
  ) => Promise<void>,
): Promise<void> {
  const server = createApiServer({ ...silentPorts, pagesFolder });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  try {
    await work((path, method = "GET", headers = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, { method, headers }),
    );
  } finally {
    await server.close();
  }
}

const LARGE = "let x;\n".repeat(1_000);

/** What a build makes, and a file beside it that nobody may have. */
async function withBuild(work: Parameters<typeof withPages>[1]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-pages-"));
  const dist = join(folder, "dist");
  mkdirSync(join(dist, "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "hush");
  writeFileSync(join(dist, "index.html"), "<!doctype html>page");
  writeFileSync(join(dist, "icon.svg"), "<svg/>");
  writeFileSync(join(dist, ".env"), "hush");
  writeFileSync(join(dist, "assets/index-AbC123.js"), "let x;");
  writeFileSync(join(dist, "assets/large-AbC123.js"), LARGE);
  writeFileSync(join(dist, "assets/large-AbC123.js.gz"), gzipSync(LARGE));
  try {
    await withPages(dist, work);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("I7: pages have a policy without unsafe parts, whatever their address; strangers may have them", () =>
  withBuild(async (get) => {
    for (const path of ["/", "/calls/abc", "/plans/1/versions/2?step=2.1", "/setup", "/settings/users"]) {
      const page = await get(path);
      assert.equal(page.status, 200, path);
      assert.equal(await page.text(), "<!doctype html>page");
      const policy = page.headers.get("content-security-policy") ?? "";
      assert.equal(
        policy,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'",
      );
      assert.deepEqual(
        ["cache-control", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"].map(
          (name) => page.headers.get(name),
        ),
        ["no-store", "nosniff", "no-referrer", "same-origin"],
      );
    }
    assert.equal((await get("/", "HEAD")).status, 200);
    assert.equal((await get("/", "POST")).status, 404);
  }));

test("files whose name says what is in them are kept for ever, others are asked for again", () =>
  withBuild(async (get) => {
    const script = await get("/assets/index-AbC123.js");
    assert.equal(script.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.match(script.headers.get("content-type") ?? "", /javascript/);
    assert.equal(await script.text(), "let x;");
    assert.equal((await get("/icon.svg")).headers.get("cache-control"), "no-cache");
  }));

test("a file that a browser has is not sent again, and a part of it by itself", () =>
  withBuild(async (get) => {
    const icon = await get("/icon.svg");
    assert.equal(icon.headers.get("content-length"), "6");
    // Without the second, fetch asks for one that nobody has kept.
    const known = { "if-none-match": icon.headers.get("etag") ?? "none", "cache-control": "max-age=0" };
    const same = await get("/icon.svg", "GET", known);
    assert.deepEqual([same.status, await same.text()], [304, ""]);
    const part = await get("/icon.svg", "GET", { range: "bytes=1-3" });
    assert.deepEqual([part.status, await part.text()], [206, "svg"]);
  }));

test("a script that has a compressed file beside it is sent so to whoever takes it, with the same headers and an ETag of its own", () =>
  withBuild(async (get) => {
    const path = "/assets/large-AbC123.js";
    const asked = (encoding: string) => get(path, "GET", { "accept-encoding": encoding });
    const [plain, gzip] = [await asked("identity"), await asked("gzip, deflate, br, zstd")];
    const said = (answer: Response, name: string) => answer.headers.get(name);
    assert.deepEqual([said(plain, "content-encoding"), said(gzip, "content-encoding")], [null, "gzip"]);
    assert.ok(Number(said(gzip, "content-length")) < Number(said(plain, "content-length")) / 10);
    assert.notEqual(said(gzip, "etag"), said(plain, "etag"));
    for (const answer of [plain, gzip]) {
      assert.equal(await answer.text(), LARGE);
      assert.deepEqual(
        ["vary", "cache-control", "content-type", "x-content-type-options"].map((name) => said(answer, name)),
        [
          "accept-encoding",
          "public, max-age=31536000, immutable",
          "application/javascript; charset=utf-8",
          "nosniff",
        ],
      );
      assert.match(said(answer, "content-security-policy") ?? "", /script-src 'self'/);
    }
    const etag = said(gzip, "etag") ?? "";
    const known = { "if-none-match": etag, "cache-control": "max-age=0" };
    const again = await get(path, "GET", { "accept-encoding": "gzip", ...known });
    assert.deepEqual([again.status, await again.text()], [304, ""]);
    assert.deepEqual([said(again, "content-encoding"), said(again, "content-type")], [null, null]);
    for (const encoding of ["gzip;q=0, identity", "br", "*;q=0", "notgzip"])
      assert.equal(said(await asked(encoding), "content-encoding"), null, encoding);
    for (const encoding of ["GZIP", "br;q=1.0, gzip;q=0.8, *;q=0.1", "x-gzip"])
      assert.equal(said(await asked(encoding), "content-encoding"), "gzip", encoding);
    // What has none beside it goes as it is.
    const small = await get("/assets/index-AbC123.js", "GET", { "accept-encoding": "gzip, br" });
    assert.deepEqual([said(small, "content-encoding"), await small.text()], [null, "let x;"]);
    const page = await get("/", "GET", { "accept-encoding": "gzip" });
    assert.deepEqual([said(page, "content-encoding"), said(page, "cache-control")], [null, "no-store"]);
  }));

test("nothing but what was built is given out, and a name of the API is no page", () =>
  withBuild(async (get) => {
    for (const path of [
      "/.env",
      "/secret.txt",
      "/../secret.txt",
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/assets/..%5c..%5csecret.txt",
      "/assets//etc/passwd.txt",
      "/index.php",
      "/assets/none.js",
    ]) {
      const answer = await get(path);
      assert.equal(answer.status, 404, path);
      assert.ok(!(await answer.text()).includes("hush"), path);
    }
    assert.equal((await get("/api/v1/nothing")).status, 401);
    assert.equal((await get("/api/nothing")).status, 401);
  }));

test("before it is built a page says how", () =>
  withPages(join(tmpdir(), "switchhook-not-there"), async (get) => {
    const page = await get("/calls");
    assert.equal(page.status, 503);
    assert.match(await page.text(), /npm run build --workspace web/);
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  }));

test("a range that a file does not have is 416, a condition that does not hold 412; neither is kept", () =>
  withBuild(async (get) => {
    const file = "/assets/index-AbC123.js";
    const beyond = await get(file, "GET", { range: "bytes=100-" });
    assert.deepEqual([beyond.status, beyond.headers.get("content-range")], [416, "bytes */6"]);
    const other = await get(file, "GET", { "if-match": '"another"' });
    assert.equal(other.status, 412);
    for (const { headers } of [beyond, other]) assert.equal(headers.get("cache-control"), "no-store");
  }));
