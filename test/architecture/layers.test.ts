// Every rule of .dependency-cruiser.cjs is shown a wrong import that it must catch, and the imports that the
// architecture wants are shown to pass. Written by hand, not derived from the rules: a rule that is loosened by
// mistake fails here.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { after, test } from "node:test";
import { PlantedTree } from "./planted-tree.ts";

/** [rule, importing file, what it imports]: a path from the root of the tree, a package, or a Node built-in. */
type Plant = readonly [rule: string, from: string, to: string];

const wrong: readonly Plant[] = [
  ["layer-lib", "src/lib/a.ts", "src/runtime/target.ts"],
  ["layer-runtime", "src/runtime/a.ts", "src/model/target.ts"],
  ["layer-fsm", "src/fsm/a.ts", "src/runtime/target.ts"],
  ["layer-config", "src/config/a.ts", "src/store/target.ts"],
  ["layer-dialplan", "src/dialplan/a.ts", "src/model/target.ts"],
  ["layer-dialplan", "src/dialplan/steps/a.ts", "src/call/target.ts"],
  ["layer-model", "src/model/a.ts", "src/store/target.ts"],
  ["layer-simulate", "src/simulate/a.ts", "src/webhook/target.ts"],
  ["layer-record", "src/record/a.ts", "src/store/target.ts"],
  ["layer-company", "src/company/a.ts", "src/api/target.ts"],
  ["layer-sip-words", "src/sip/words.ts", "src/sip/message/target.ts"],
  ["layer-sip-message", "src/sip/message/a.ts", "src/sip/transport/target.ts"],
  ["layer-sip-transport", "src/sip/transport/a.ts", "src/sip/transaction/target.ts"],
  ["layer-sip-transaction", "src/sip/transaction/a.ts", "src/sip/transport/udp.ts"],
  ["layer-sip-transaction", "src/sip/transaction/b.ts", "src/sip/ua/target.ts"],
  ["layer-sip-dialog", "src/sip/dialog/a.ts", "src/sip/ua/target.ts"],
  ["layer-sip-ua", "src/sip/ua/a.ts", "src/dialplan/target.ts"],
  ["layer-sip-ua", "src/sip/ua/b.ts", "src/model/target.ts"],
  ["layer-sip-stack", "src/sip/stack.ts", "src/call/target.ts"],
  ["layer-sip", "src/sip/index.ts", "src/call/target.ts"],
  ["layer-media", "src/media/a.ts", "src/sip/index.ts"],
  ["layer-media-codec", "src/media/codec/a.ts", "src/media/engine.ts"],
  ["layer-media-rtp", "src/media/rtp/a.ts", "src/runtime/target.ts"],
  ["layer-media-dtmf", "src/media/dtmf/a.ts", "src/media/sdp/target.ts"],
  ["layer-media-sdp", "src/media/sdp/a.ts", "src/media/builtin/target.ts"],
  ["layer-webhook", "src/webhook/a.ts", "src/store/target.ts"],
  ["layer-http", "src/http/a.ts", "src/webhook/target.ts"],
  ["layer-http", "src/http/b.ts", "src/model/target.ts"],
  ["layer-webhook-reply", "src/webhook/reply/a.ts", "src/webhook/target.ts"],
  ["layer-webhook-reply", "src/webhook/reply/b.ts", "src/http/target.ts"],
  ["layer-store", "src/store/a.ts", "src/api/target.ts"],
  ["layer-call", "src/call/a.ts", "src/webhook/client.ts"],
  ["layer-call", "src/call/b.ts", "src/media/target.ts"],
  ["layer-call", "src/call/c.ts", "src/store/target.ts"],
  ["layer-api", "src/api/a.ts", "src/store/target.ts"],
  ["layer-api", "src/api/b.ts", "src/call/target.ts"],
  ["layer-api-contract", "src/api/contract/a.ts", "src/api/target.ts"],
  ["layer-doctor", "src/doctor/a.ts", "src/store/target.ts"],
  ["layer-control", "src/control/a.ts", "src/call/target.ts"],
  ["layer-control", "src/control/b.ts", "src/sip/index.ts"],
  ["layer-control", "src/control/e.ts", "src/media/engine.ts"],
  ["layer-board", "src/board/a.ts", "src/call/target.ts"],
  ["layer-instance", "src/instance/a.ts", "src/model/target.ts"],
  ["layer-admin", "src/admin/a.ts", "src/store/target.ts"],
  ["layer-link", "src/link/a.ts", "src/store/target.ts"],
  ["layer-link", "src/link/b.ts", "src/admin/target.ts"],
  ["layer-app", "src/app/a.ts", "src/cli/target.ts"],
  ["layer-softphone", "src/softphone/a.ts", "src/app/target.ts"],
  ["layer-demo", "src/demo/a.ts", "src/call/target.ts"],
  ["layer-cli", "src/cli/a.ts", "src/call/target.ts"],
  ["layer-company", "src/company/b.ts", "src/app/process.ts"],
  ["layer-call", "src/call/d.ts", "src/app/process.ts"],
  ["sip-has-one-door", "src/call/e.ts", "src/sip/message/target.ts"],
  ["sip-has-one-door", "src/app/b.ts", "src/sip/transport/udp.ts"],
  ["every-file-in-a-room", "src/lib/b.ts", "src/elsewhere/target.ts"],
  ["every-file-in-a-room", "src/lib/c.ts", "src/utils.ts"],
  ["no-unresolvable", "src/lib/d.ts", "src/lib/not-there.ts"],
  ["product-imports-no-tests", "src/lib/e.ts", "test/fakes/target.ts"],
  ["product-imports-no-tests", "src/lib/f.ts", "src/lib/x.test.ts"],
  ["web-only-pure-rooms", "web/src/lib/a.ts", "src/call/target.ts"],
  ["web-only-pure-rooms", "web/src/lib/b.ts", "src/store/target.ts"],
  ["web-no-node", "web/src/lib/c.ts", "node:fs"],
  ["web-features-apart", "web/src/features/one/a.ts", "web/src/features/two/target.ts"],
  ["web-only-in-web", "src/api/f.ts", "web/src/lib/target.ts"],
  ["pure-no-node", "src/lib/g.ts", "node:crypto"],
  ["pure-no-node", "src/dialplan/b.ts", "node:fs"],
  ["pure-no-node", "src/model/b.ts", "node:path"],
  ["pure-no-node", "src/simulate/b.ts", "node:fs"],
  ["pure-no-node", "src/fsm/b.ts", "node:events"],
  ["pure-no-node", "src/sip/message/b.ts", "node:crypto"],
  ["pure-no-node", "src/media/codec/b.ts", "node:fs"],
  ["pure-no-node", "src/media/rtp/b.ts", "node:dgram"],
  ["pure-no-node", "src/media/dtmf/b.ts", "node:buffer"],
  ["pure-no-node", "src/media/sdp/b.ts", "node:net"],
  ["pure-no-node", "src/webhook/reply/c.ts", "node:buffer"],
  ["pure-no-node", "src/api/contract/b.ts", "node:fs"],
  ["pure-no-npm", "src/dialplan/c.ts", "ipaddr.js"],
  ["pure-no-npm", "src/sip/message/c.ts", "undici"],
  ["pure-no-npm", "src/media/sdp/c.ts", "ipaddr.js"],
  ["numbers-in-core", "src/webhook/b.ts", "libphonenumber-js"],
  ["numbers-in-core", "src/model/c.ts", "libphonenumber-js"],
  ["sockets", "src/sip/ua/c.ts", "node:dgram"],
  ["sockets", "src/call/f.ts", "node:net"],
  ["sockets", "src/store/b.ts", "node:http"],
  ["sockets", "src/sip/transaction/c.ts", "node:tls"],
  ["names", "src/sip/ua/d.ts", "node:dns"],
  ["names", "src/call/g.ts", "node:dns/promises"],
  ["http-client", "src/call/h.ts", "undici"],
  ["http-client", "src/webhook/c.ts", "undici"],
  ["http-client", "src/api/e.ts", "node:https"],
  ["http-client", "src/demo/b.ts", "node:http2"],
  ["http-server", "src/webhook/d.ts", "node:http"],
  ["http-server", "src/sip/transport/b.ts", "node:http"],
  ["sockets", "src/webhook/e.ts", "node:net"],
  ["names", "src/webhook/f.ts", "node:dns"],
  ["sql", "src/api/c.ts", "node:sqlite"],
  ["sql", "src/control/c.ts", "kysely"],
  ["fastify", "src/control/d.ts", "fastify"],
  ["yaml", "src/api/d.ts", "yaml"],
  ["sound-decoders", "src/control/f.ts", "wavefile"],
  ["sound-decoders", "src/media/b.ts", "ogg-opus-decoder"],
  ["openid", "src/control/o.ts", "openid-client"],
  ["commander", "src/app/c.ts", "commander"],
  ["pino", "src/call/i.ts", "pino"],
  ["threads", "src/call/j.ts", "node:worker_threads"],
  ["processes", "src/call/k.ts", "node:child_process"],
];

const right: readonly (readonly [from: string, to: string])[] = [
  ["src/runtime/ok.ts", "src/lib/target.ts"],
  ["src/runtime/ok.ts", "pino"],
  ["src/runtime/ok.ts", "node:crypto"],
  ["src/dialplan/ok.ts", "zod"],
  ["src/dialplan/ok.ts", "libphonenumber-js"],
  ["src/model/ok.ts", "src/dialplan/target.ts"],
  ["src/simulate/ok.ts", "src/webhook/reply/target.ts"],
  ["src/company/ok.ts", "yaml"],
  ["src/sip/transport/ok.ts", "node:dgram"],
  ["src/sip/transport/ok.ts", "src/sip/message/target.ts"],
  ["src/sip/transaction/ok.ts", "src/sip/transport/transport.ts"],
  ["src/sip/ua/ok.ts", "src/sip/transport/udp.ts"],
  ["src/sip/index.ts", "src/sip/ua/target.ts"],
  ["src/sip/index.ts", "src/sip/stack.ts"],
  ["src/sip/stack.ts", "src/sip/ua/target.ts"],
  ["src/http/ok.ts", "undici"],
  ["src/http/ok.ts", "node:net"],
  ["src/webhook/ok.ts", "src/http/target.ts"],
  ["src/webhook/ok.ts", "src/webhook/reply/target.ts"],
  ["src/webhook/reply/ok.ts", "src/dialplan/target.ts"],
  ["src/api/ok.ts", "node:http"],
  ["src/webhook/ok.ts", "src/model/target.ts"],
  ["src/store/ok.ts", "kysely"],
  ["src/store/ok.ts", "node:sqlite"],
  ["src/call/ok.ts", "src/sip/index.ts"],
  ["src/call/ok.ts", "src/media/engine.ts"],
  ["src/call/ok.ts", "src/webhook/port.ts"],
  ["src/api/ok.ts", "fastify"],
  ["src/control/ok.ts", "src/store/target.ts"],
  ["src/control/ok.ts", "node:worker_threads"],
  ["src/control/ok.ts", "src/admin/target.ts"],
  ["src/link/ok.ts", "node:worker_threads"],
  ["src/call/ok.ts", "src/board/target.ts"],
  ["src/app/ok.ts", "src/link/target.ts"],
  ["src/cli/ok.ts", "src/app/process.ts"],
  ["src/cli/ok.ts", "commander"],
  ["web/src/features/one/ok.ts", "src/dialplan/target.ts"],
  ["web/src/features/one/ok.ts", "src/api/contract/target.ts"],
  ["web/src/features/one/ok.ts", "web/src/lib/target.ts"],
  // A test may lean on fakes and on other rooms.
  ["src/lib/ok.test.ts", "test/fakes/target.ts"],
  ["src/dialplan/ok.test.ts", "node:test"],
];

const tree = new PlantedTree();
after(() => tree.remove());

/** Writes every importing file with all its imports, every second one for its types only, and what they lead to. */
function plantAll(imports: readonly (readonly [from: string, to: string])[]): void {
  const lines = new Map<string, string[]>();
  for (const [index, [from, to]] of imports.entries()) {
    const own = /^(?:src|test|web)\//.test(to);
    const specifier = own ? path.relative(path.dirname(from), to).replace(/^(?!\.)/, "./") : to;
    const list = lines.get(from) ?? ["export const target = 1;"];
    lines.set(from, list);
    list.push(
      own && index % 2 === 0
        ? `import type { target as t${index} } from "${specifier}";`
        : `import * as n${index} from "${specifier}";`,
    );
    if (own && !lines.has(to) && !to.endsWith("not-there.ts")) lines.set(to, ["export const target = 1;"]);
  }
  for (const [file, list] of lines) tree.plant(file, `${list.join("\n")}\n`);
}

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

plantAll([...wrong.map(([, from, to]): readonly [string, string] => [from, to]), ...right]);
// A cycle of types alone.
tree.plant("src/lib/cycle-a.ts", 'import type { B } from "./cycle-b.ts";\nexport type A = B | 1;\n');
tree.plant("src/lib/cycle-b.ts", 'import type { A } from "./cycle-a.ts";\nexport type B = A | 2;\n');

const report = JSON.parse(
  tree.run("depcruise", "--config", ".dependency-cruiser.cjs", "--output-type", "json", "src", "test", "web"),
) as { readonly summary: { readonly violations: readonly Violation[] } };
const { violations } = report.summary;

/** What dependency-cruiser calls a target: a path in the tree, a package's folder, or a built-in's name. */
function leadsTo(violation: Violation, to: string): boolean {
  const resolved = violation.to.replaceAll("\\", "/");
  if (to.startsWith("node:")) return resolved.replace(/^node:/, "") === to.slice("node:".length);
  if (to.endsWith("not-there.ts")) return resolved.endsWith("not-there.ts");
  return resolved === to || resolved.includes(`node_modules/${to}/`);
}

for (const [rule, from, to] of wrong) {
  test(`${rule} stops ${from} -> ${to}`, () => {
    const caught = violations.filter((violation) => violation.from === from && leadsTo(violation, to));
    const names = caught.map((violation) => violation.rule.name);
    assert.ok(names.includes(rule), `caught by: ${names.join(", ") || "nothing"}`);
  });
}

test("no-cycles stops a cycle of types alone", () => {
  const caught = violations.filter(
    ({ rule, from }) => rule.name === "no-cycles" && from.startsWith("src/lib/cycle-"),
  );
  assert.ok(caught.length > 0);
});

for (const [from, to] of right) {
  test(`${from} -> ${to} is allowed`, () => {
    const caught = violations.filter((violation) => violation.from === from && leadsTo(violation, to));
    assert.deepEqual(
      caught.map((violation) => violation.rule.name),
      [],
    );
  });
}

test("every rule has its plant", () => {
  const config = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as {
    readonly forbidden: readonly { readonly name: string; readonly severity: string }[];
  };
  const planted = new Set(["no-cycles", ...wrong.map(([rule]) => rule)]);
  assert.deepEqual(
    config.forbidden.map(({ name }) => name).filter((name) => !planted.has(name)),
    [],
  );
  assert.ok(config.forbidden.every(({ severity }) => severity === "error"));
});
