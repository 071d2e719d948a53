import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { untilStopped } from "./start.ts";
import { linkText } from "./users.ts";
import { userNamed } from "./who-port.ts";

const DEMO_USER = "demo";

/** `switchhook demo` (`npm start`): a demo company, one real call with its story, then a server that stays. */
export async function runDemoCommand(dataDir: string, output: Output): Promise<number> {
  const { runDemo } = await import("../demo/run.ts");
  const demo = await runDemo(dataDir, output, () => interfaceLink(dataDir, output));
  if (!demo.ok) {
    for (const sentence of demo.error) output.err(sentence);
    return ExitCode.unavailable;
  }
  const { app, ended } = demo.value;
  await untilStopped({ ...app, restart: ended }, output);
  return ExitCode.ok;
}

/** A one-time link that signs in the user "demo", an administrator without a password; undefined: it cannot be made. */
async function interfaceLink(dataDir: string, output: Output): Promise<string | undefined> {
  const installation = await findInstallation(dataDir, false);
  if (!installation.ok) return undefined;
  const { who } = installation.value;
  const users = await who.users();
  if (users.ok && userNamed(users.value, DEMO_USER) === undefined)
    await who.addUser({ name: DEMO_USER, role: "administrator", password: undefined });
  const link = await who.makeLink(DEMO_USER);
  return link.ok ? linkText(link.value, output) : undefined;
}
