import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/**
 * The command, as a file for Node: in one piece as it is in a package, where the test runner has made that for all files;
 * else from its sources. Started the first way it takes a third of the time.
 */
export const MAIN = process.env.SWITCHHOOK_TEST_MAIN ?? path.join(root, "src/cli/main.ts");
