// `npm run check`: everything about the code that can be judged without running it. The checks do not depend on
// one another and run side by side; each says what it looks at, how long it took, and its verdict.

import { existsSync } from "node:fs";
import path from "node:path";
import { run, seconds, stopAll } from "./run.ts";

interface Check {
  readonly name: string;
  readonly looksAt: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** What to do when it fails. */
  readonly hint: string;
}

const root = path.resolve(import.meta.dirname, "..");
const sources = ["src", "bin", "test", "bench", "tools", "examples", "web/src"].filter((folder) =>
  existsSync(path.join(root, folder)),
);

/** The compiler looks again only at what has changed since the last time, and at what that reaches. */
function remembering(name: string): readonly string[] {
  return ["--incremental", "--tsBuildInfoFile", `node_modules/.cache/check/${name}.tsbuildinfo`];
}

const checks: readonly Check[] = [
  {
    name: "format",
    looksAt: "layout and order of imports",
    command: ["biome", "check", "--max-diagnostics=50", "."],
    hint: "npm run format puts it right",
  },
  {
    name: "lint",
    looksAt: "rules that know types",
    command: ["oxlint", "--type-aware", "--deny-warnings", "."],
    hint: "the rules are in .oxlintrc.json",
  },
  {
    name: "types",
    looksAt: "the TypeScript compiler",
    command: ["tsc", "--noEmit", "--pretty", "false", ...remembering("types")],
    hint: "",
  },
  {
    name: "pure rooms",
    looksAt: "the same with nothing of Node's or a browser's",
    command: ["tsc", "-p", "tsconfig.pure.json", "--pretty", "false", ...remembering("pure")],
    hint: "pure rooms use the language, and of a platform what pure-globals.d.ts declares",
  },
  {
    name: "web types",
    looksAt: "the interface, with what a browser has and nothing of Node's",
    command: ["tsc", "-p", "web", "--pretty", "false"],
    hint: "what the interface imports from src/ must be pure",
  },
  {
    name: "layers",
    looksAt: "who may import whom, no cycles",
    command: ["depcruise", "--config", ".dependency-cruiser.cjs", "--output-type", "err-long", ...sources],
    hint: "the rules are in .dependency-cruiser.cjs, the reasons in ARCHITECTURE.md",
  },
  {
    name: "dead code",
    looksAt: "files, exports and packages that nobody uses",
    command: ["knip", "--no-progress", "--no-config-hints"],
    hint: "delete it, or name its user in knip.json",
  },
];

process.chdir(root);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopAll();
    process.exit(130);
  });
}

const failures: { readonly check: Check; readonly output: string }[] = [];
await Promise.all(
  checks.map(async (check) => {
    const [program, ...args] = check.command;
    const ended = await run(path.join(root, "node_modules/.bin", program), args, { timeoutMs: 300_000 });
    const good = ended.code === 0;
    if (!good) failures.push({ check, output: ended.timedOut ? "stopped after 300 s\n" : ended.output });
    const verdict = good ? "ok    " : "FAILED";
    console.log(
      `${verdict} ${check.name.padEnd(10)} ${seconds(ended.elapsedMs).padStart(7)}  ${check.looksAt}`,
    );
  }),
);

for (const { check, output } of failures) {
  console.log(`\n----- ${check.name}: ${check.command.join(" ")}\n${output.trimEnd()}`);
  if (check.hint !== "") console.log(`----- ${check.name}: ${check.hint}`);
}
console.log(
  failures.length === 0
    ? `\nAll ${checks.length} checks are green.`
    : `\n${failures.length} of ${checks.length} checks failed: ${failures.map(({ check }) => check.name).join(", ")}.`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
