import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writePrivateFile } from "../instance/private-file.ts";

/** Of the demo's two phones. */
export interface DemoPasswords {
  readonly reception: string;
  readonly sales: string;
}

/** Made once for each data folder, which is there, so that a softphone stays registered over a restart. */
export function demoPasswords(dataDir: string): DemoPasswords {
  const file = join(dataDir, "demo-passwords.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as DemoPasswords;
  } catch {
    const made = {
      reception: randomBytes(9).toString("base64url"),
      sales: randomBytes(9).toString("base64url"),
    };
    writePrivateFile(file, JSON.stringify(made));
    return made;
  }
}
