// What lies in deploy/ and is read by other programs: it must fit what Switchhook really says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { loginLine, loginRefused } from "../../src/board/refusals.ts";
import { slowedSaid } from "../../src/board/slowed-log.ts";
import { settings } from "../../src/config/schema.ts";
import { createLogger } from "../../src/runtime/logger.ts";

const root = path.resolve(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(path.join(root, name), "utf8");

/** The regular expressions of the filter, with a name for the address as fail2ban makes it. */
function expressions(): readonly RegExp[] {
  const [, text = ""] = /^failregex = ([^]*?)^ignoreregex/m.exec(read("deploy/fail2ban/filter.conf")) ?? [];
  return text
    .trim()
    .split("\n")
    .map((line) => new RegExp(line.trim().replace("<HOST>", "(?<host>[0-9A-Fa-f:.]+)")));
}

/** As the journal gives it to fail2ban. */
function logged(sentence: string): string {
  let out = "";
  createLogger("info", { write: (line) => (out += line) }).warn({}, sentence);
  return out;
}

const from = (name: string, address: string): string =>
  loginLine({
    address,
    from: name,
    why: loginRefused("wrongCredentials", "Its password is wrong."),
  });

test("every way of starting the server sets the same for the memory that glibc keeps (ADR 0127)", () => {
  const { allocator } = createRequire(import.meta.url)("../../bin/launch.cjs") as {
    readonly allocator: Readonly<Record<string, string>>;
  };
  const written = {
    "deploy/switchhook.service": /^Environment=(MALLOC_\w+)=(\d+)$/gm,
    "deploy/Dockerfile": /^ +(MALLOC_\w+)=(\d+)/gm,
    "deploy/switchhook": /\b(MALLOC_\w+)="\$\{\1:-(\d+)\}"/g,
  };
  for (const [file, expression] of Object.entries(written)) {
    const found = [...read(file).matchAll(expression)].map(([, name, value]) => [name, value]);
    assert.deepEqual(Object.fromEntries(found), allocator, file);
  }
});

test("fail2ban's filter finds the source in the lines that the log has, IPv6 too, and no other's", () => {
  const guesses = { wrong: 10, unseen: 0, since: 0, until: 0 };
  const rows: readonly (readonly [sentence: string, host: string | undefined])[] = [
    [from("215", "192.0.2.9"), "192.0.2.9"],
    [from('x" was refused: A login from 203.0.113.1 as "y', "2001:db8::7"), "2001:db8::7"],
    [slowedSaid({ scope: "source", what: "192.0.2.9", latest: "215", ...guesses }).text, "192.0.2.9"],
    [slowedSaid({ scope: "account", what: "215", latest: "192.0.2.9", ...guesses }).text, undefined],
    [from("215", ""), undefined],
    ["Trunk registration", undefined],
  ];
  for (const [sentence, host] of rows) {
    const hits = expressions().flatMap((one) => one.exec(logged(sentence))?.groups?.["host"] ?? []);
    assert.deepEqual(hits, host === undefined ? [] : [host], sentence);
  }
});

test("fail2ban's jail names the protocols that its ports are of: of all together no firewall takes a rule with ports", () => {
  const jail = read("deploy/fail2ban/jail.conf");
  assert.match(jail, /^port +=/m);
  assert.match(jail, /^protocol = tcp,udp$/m);
});

test("the dashboard shows metrics of the table in docs/operations.md", () => {
  const { panels } = JSON.parse(read("deploy/grafana.json")) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
  };
  const shown = panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => /[a-z]+_[a-z0-9_]+/.exec(expr)?.[0] ?? expr),
  );
  assert.ok(shown.length > 15);
  const page = read("docs/operations.md");
  assert.deepEqual(
    shown.filter((name) => !page.includes(`\`${name}\``)),
    [],
  );
});

test("the settings of the service and of the page are settings that there are", () => {
  const known = new Set(Object.values(settings).map(({ env }) => env));
  for (const file of [
    "deploy/switchhook.env",
    "deploy/Dockerfile",
    "deploy/switchhook.service",
    "docs/operations.md",
  ]) {
    const named = [...read(file).matchAll(/SWITCHHOOK_[A-Z_]+/g)].map(([name]) => name);
    assert.ok(named.length > 0, file);
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
      file,
    );
  }
});
