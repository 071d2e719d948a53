import type { Command } from "commander";
import type { AccessOptions } from "../access.ts";
import type { Output } from "../output.ts";
import type { TryOptions } from "../webhooks.ts";
import { above, dataOf, dataOption, utcOption } from "./flags.ts";
import type { Done, ProgramPorts } from "./ports.ts";

// Loaded when it is run.
const access = () => import("../access.ts");
const trunks = () => import("../trunks.ts");
const webhookState = () => import("../webhooks.ts");

/** How what a running server has stands: `phones`, `trunks`, `webhooks`, `bans`. */
export function addAccess(program: Command, ports: ProgramPorts, done: Done): void {
  const list = listing(program, ports, done);
  list(
    "phones",
    "Every phone: where it is registered, since when, and why its last login failed.",
    async (...its) => (await access()).runPhones(...its),
  );
  list(
    "trunks",
    "Every trunk: registered or not and why, the address in use, and its last calls.",
    async (...its) => (await trunks()).runTrunks(...its),
  );
  addTry(
    list(
      "webhooks",
      "Every webhook: how it does, what it was asked last, and why that failed.",
      async (...its) => (await webhookState()).runWebhooks(...its),
    ),
    ports,
    done,
  );
  list(
    "bans",
    "Who is banned for a flood, or slowed down for wrong passwords: why and until when.",
    async (...its) => (await access()).runBans(...its),
  )
    .command("lift")
    .description("Let an address or an extension start anew.")
    .argument("[what]", "as the list shows it")
    .addOption(dataOption(ports))
    .option("--all", "everything", false)
    .action(async (what: string | undefined, options: { data: string; all: boolean }, command: Command) =>
      done(await (await access()).runLiftBans(what, { ...options, data: dataOf(command) }, ports.output)),
    );
}

function addTry(webhooks: Command, ports: ProgramPorts, done: Done): void {
  webhooks
    .command("try")
    .description("Ask a webhook as a call would, and say what the call would make of the reply.")
    .argument("<name>", "the webhook's name")
    .addOption(dataOption(ports))
    .option("--from <number>", "calling number, as +31612345678")
    .option("--to <number>", "called number")
    .option("--name <name>", "calling name")
    .option("--code <digits>", "the code that the caller typed")
    .option("--json", "as JSON", false)
    .action(async (name: string, options: TryOptions, command: Command) => {
      const { json } = above(command);
      done(
        await (await webhookState()).runWebhookTry(
          name,
          { ...options, json, data: dataOf(command) },
          ports.output,
        ),
      );
    });
}

type RunList = (options: AccessOptions, output: Output) => Promise<number>;

/** Makes commands that list what a running server has. */
function listing(program: Command, ports: ProgramPorts, done: Done) {
  return (name: string, description: string, run: RunList): Command =>
    program
      .command(name)
      .description(description)
      .addOption(dataOption(ports))
      .addOption(utcOption())
      .option("--json", "as JSON", false)
      .action(async (options: AccessOptions) => done(await run(options, ports.output)));
}
