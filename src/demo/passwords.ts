import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Of the demo's two phones. */
export interface DemoPasswords {
  readonly reception: string;
  readonly sales: string;
}

/** Made once for each data folder, so that a softphone stays registered over a restart. */
export function demoPasswords(dataDir: string): DemoPasswords {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "demo-passwords.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as DemoPasswords;
  } catch {
    const made = {
      reception: randomBytes(9).toString("base64url"),
      sales: randomBytes(9).toString("base64url"),
    };
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
    return made;
  }
}
