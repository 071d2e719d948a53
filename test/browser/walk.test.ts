// The pure rooms run in a browser (docs/adr/0060): bundled, without a built-in of Node or the numbering plans in the bundle, and
// calls walk there as they do here.
// Over 5 s: every scenario is walked in Chromium too.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { needs } from "../interop/needs.ts";
import { scenarioFolders } from "../scenarios/play/folder.ts";
import { isDecided } from "../scenarios/play/simulated.ts";
import { simulatedFolder } from "../scenarios/play/simulated-calls.ts";
import { Program } from "../support/process.ts";
import { walkCalls } from "./calls.ts";
import type { GivenScenario } from "./scenarios-page.ts";

/**
 * The bundle, minified, and as the network carries it. Measured 2026-11-29: 261 KiB and 81 KiB, half of it zod; the faults of
 * replies and their sentences are some 40 KiB of it. The numbering plans are 153 KiB more, 40 KiB as the network carries them.
 */
const MOST_KIB = { minified: 280, gzip: 88 };

interface Bundle {
  readonly code: string;
  /** What is in it, from the root of the repository. */
  readonly modules: readonly string[];
  /** What it still imports. */
  readonly imports: readonly string[];
}

const root = path.resolve(import.meta.dirname, "../..");

async function bundleOf(entry: string): Promise<Bundle> {
  const bundle = await rolldown({ input: entry, platform: "browser", cwd: root, logLevel: "silent" });
  const { output } = await bundle.generate({ format: "esm", minify: true, codeSplitting: false });
  await bundle.close();
  assert.equal(output.length, 1);
  const [chunk] = output;
  return {
    code: chunk.code,
    // The bundler's own few lines have a name that begins so.
    modules: chunk.moduleIds.filter((id) => !id.startsWith("\0")).map((id) => path.relative(root, id)),
    imports: [...chunk.imports, ...chunk.dynamicImports],
  };
}

let bundle: Bundle;
before(async () => {
  bundle = await bundleOf(path.join(import.meta.dirname, "page.ts"));
});

const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-browser-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("the bundle imports nothing, and has no built-in and no numbering plans in it", () => {
  assert.deepEqual(bundle.imports, []);
  const ours = /^(?:src|test\/browser|node_modules\/(?:zod|libphonenumber-js))\//;
  assert.deepEqual(
    bundle.modules.filter((name) => !ours.test(name)),
    [],
  );
  assert.ok(bundle.modules.includes("src/dialplan/numbering-plans.browser.ts"));
  assert.deepEqual(
    bundle.modules.filter((name) => name.includes("metadata") && name.includes(".json")),
    [],
  );
});

test("a built-in in a bundle is seen", async () => {
  const { imports } = await bundleOf(path.join(root, "src/http/hosts-file.ts"));
  assert.deepEqual(imports.toSorted(), ["node:fs/promises", "node:net"]);
});

test("it is of a size that a page can bear", () => {
  const kib = (octets: number): number => Math.ceil(octets / 1024);
  const sizes = { minified: kib(Buffer.byteLength(bundle.code)), gzip: kib(gzipSync(bundle.code).length) };
  assert.ok(sizes.minified <= MOST_KIB.minified && sizes.gzip <= MOST_KIB.gzip, JSON.stringify(sizes));
});

/** What a page says that runs the bundle; `given`: JSON in elements of these ids. */
async function saidInChromium(code: string, given: Readonly<Record<string, unknown>>): Promise<unknown> {
  const plans = (await import("libphonenumber-js/max/metadata")).default;
  const html = [
    '<!doctype html><meta charset="utf-8"><pre id="walked"></pre>',
    ...Object.entries({ "numbering-plans": plans, ...given }).map(
      ([id, value]) =>
        `<script type="application/json" id="${id}">${inScript(JSON.stringify(value, octetsAsList))}</script>`,
    ),
    `<script type="module">${inScript(code)}</script>`,
  ].join("\n");
  const page = path.join(folder, "page.html");
  writeFileSync(page, html);
  const browser = new Program("chromium", [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    `--user-data-dir=${path.join(folder, "profile")}`,
    "--dump-dom",
    `file://${page}`,
  ]);
  const ended = await browser.ended;
  assert.equal(ended.code, 0, ended.stderr);
  const [, walked = ""] = /<pre id="walked">([^]*?)<\/pre>/.exec(ended.stdout) ?? [];
  assert.notEqual(walked, "", `the page said nothing: ${ended.stderr}`);
  assert.ok(walked.startsWith("{") || walked.startsWith("["), fromHtml(walked).slice(0, 500));
  return JSON.parse(fromHtml(walked));
}

test("calls walk in Chromium as they do in Node", { skip: needs("chromium") }, async () => {
  assert.deepEqual(await saidInChromium(bundle.code, {}), JSON.parse(walkCalls()));
});

test("every scenario is simulated in Chromium as its real call went", {
  skip: needs("chromium"),
}, async () => {
  const scenarios = scenarioFolders().map(simulatedFolder);
  assert.ok(scenarios.length > 60);
  const { code, imports } = await bundleOf(path.join(import.meta.dirname, "scenarios-page.ts"));
  assert.deepEqual(imports, []);
  const given: readonly GivenScenario[] = scenarios.map(({ name, company, calls }) => ({
    name,
    company,
    calls: calls.map(({ call, labels, outside }) => ({ call, labels, outside })),
  }));
  const seen = (await saidInChromium(code, { given })) as readonly (readonly unknown[])[];
  for (const [nth, { name, calls }] of scenarios.entries()) {
    const real = calls.map(({ story }) => story.filter(isDecided).map((line) => ({ ...line, at: 0 })));
    assert.ok(real.length > 0, name);
    assert.deepEqual(seen[nth], real, name);
  }
});

function octetsAsList(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { octets: [...value] } : value;
}

/** Nothing in it ends the script. */
function inScript(text: string): string {
  return text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

/** What a browser escapes in text (HTML §13.3). */
function fromHtml(text: string): string {
  return text
    .replaceAll("&nbsp;", "\u00a0")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
