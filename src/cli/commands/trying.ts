import { type Command, InvalidArgumentError } from "commander";
import type { CallOptions } from "../call.ts";
import type { ReplyOptions } from "../reply.ts";
import { dataOption } from "./flags.ts";
import type { Done, ProgramPorts } from "./ports.ts";

// Loaded when it is run.
const calling = () => import("../call.ts");
const demo = () => import("../demo.ts");
const replies = () => import("../reply.ts");

/** Commands for trying things out. */
export function addTrying(program: Command, ports: ProgramPorts, done: Done): void {
  program
    .command("demo")
    .description("Start a demo company, place two calls that a webhook routes, and keep running.")
    .addOption(dataOption(ports))
    .action(async (options: { data: string }) =>
      done(await (await demo()).runDemoCommand(options.data, ports.serverOutput ?? ports.output)),
    );
  program
    .command("call")
    .description("Place a test call from this machine at the running server, hang up after the answer.")
    .argument("<number>", "number to call, as a trunk would write it: +31501234567")
    .addOption(dataOption(ports))
    .option("--from <number>", "calling number", "+31612345678")
    .option("--name <name>", "calling name", "")
    .option("--talk <seconds>", "hang up this long after somebody has answered; 1 to 60", parseTalk, 2)
    .option(
      "--code <keys>",
      "keys to type when a message has been heard, such as 2580#; may be given several times",
      parseCode,
      [],
    )
    .action(async (number: string, options: Omit<CallOptions, "codes"> & { code: readonly string[] }) =>
      done(await (await calling()).runCall(number, { ...options, codes: options.code }, ports.output)),
    );
}

/** `reply` */
export function addReply(program: Command, ports: ProgramPorts, done: Done): void {
  program
    .command("reply")
    .description("Read a webhook's reply as a call does, and say what would come of it.")
    .argument("<file>", "the body, or a whole HTTP reply (`curl -i`); - reads standard input")
    .option("--code <digits>", "a code was asked for, and this was typed: NAK asks again")
    .option("--callername <name>", "what was sent as {callername}: it must not steer the call")
    .option("--callerid <number>", "what was sent as {callerid}")
    .option("--json", "as JSON", false)
    .action(async (file: string, options: ReplyOptions) =>
      done((await replies()).runReply(file, options, ports.output)),
    );
}

function parseTalk(text: string): number {
  const seconds = /^[0-9]{1,2}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > 60) throw new InvalidArgumentError("It must be a whole number from 1 to 60.");
  return seconds;
}

function parseCode(text: string, before: readonly string[]): readonly string[] {
  if (!/^[0-9*#]{1,32}$/.test(text))
    throw new InvalidArgumentError("Keys are 0 to 9, * and #, 1 to 32 of them.");
  return [...before, text];
}
