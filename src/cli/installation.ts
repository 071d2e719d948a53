import { existsSync } from "node:fs";
import { join } from "node:path";
import { readToken, TOKEN_FILE } from "../instance/api-token.ts";
import { readInstance } from "../instance/instance-file.ts";
import type { Result } from "../lib/result.ts";
import { ok } from "../lib/result.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { type Failure, noInstallation, unavailable } from "./failure.ts";
import type { Installation } from "./installation-port.ts";
import { overApi } from "./over-api.ts";

/**
 * Finds the installation of a data folder. `mayMake`: the command may make a new one. `speechCommand`: speaks texts while
 * no server runs.
 */
export async function findInstallation(
  dataDir: string,
  mayMake: boolean,
  speechCommand?: string,
): Promise<Result<Installation, Failure>> {
  const instance = readInstance(dataDir);
  if (instance !== undefined) {
    const name = `The server of ${dataDir} (process ${instance.pid})`;
    if (instance.http === "") return unavailable(`${name} is still starting; try again in a moment.`);
    const token = readToken(dataDir);
    if (token === undefined)
      return unavailable(`${name} runs, but ${join(dataDir, TOKEN_FILE)} cannot be read.`);
    return ok(overApi(name, instance.http, token));
  }
  if (!mayMake && !existsSync(join(dataDir, DATABASE_FILE))) {
    return unavailable(noInstallation(dataDir));
  }
  // Loaded where no server is asked: it brings the database.
  const { overStore } = await import("./over-store.ts");
  return ok(overStore(dataDir, speechCommand));
}
