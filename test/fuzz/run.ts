import { parseArgs } from "node:util";
import { randomIds } from "../../src/runtime/ids.ts";
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

/**
 * `node test/fuzz/run.ts [--seconds N] [--target NAME] [--seed N]`: fuzzes one target, or all in turn, for N seconds
 * each (60). Exit code 1 with the input in base64 when a target throws, is slower than 100 ms or eats memory.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    target: { type: "string" },
    seed: { type: "string" },
  },
});
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? randomIds().integer(2 ** 31) : Number(values.seed);
const chosen = targets.filter((target) => values.target === undefined || target.name === values.target);
if (chosen.length === 0 || !(seconds > 0) || !Number.isInteger(seed)) {
  process.stderr.write(
    `Usage: run.ts [--seconds N] [--seed N] [--target ${targets.map((target) => target.name).join("|")}]\n`,
  );
  process.exitCode = 2;
} else {
  for (const target of chosen) {
    const { inputs, slowestMs, finding } = fuzz(target, seconds * 1000, seed);
    process.stdout.write(
      `${target.name}: ${inputs} inputs, slowest ${slowestMs.toFixed(1)} ms, seed ${seed}\n`,
    );
    if (finding === undefined) continue;
    process.stdout.write(`${target.name}: FAILED: ${finding.why}\ninput: ${finding.input}\n`);
    process.exitCode = 1;
  }
}
