import { type Command, InvalidArgumentError, Option } from "commander";
import { CALL_RESULTS } from "../../model/call-record.ts";
import type { CallListOptions, CallShowOptions } from "../calls.ts";
import type { CallFollowOptions } from "../follow.ts";
import { above, dataOf, dataOption, type JsonAndUtc, parseTime, utcOption } from "./flags.ts";
import type { Done, ProgramPorts } from "./ports.ts";

// Loaded when it is run.
const callLog = () => import("../calls.ts");
const following = () => import("../follow.ts");

/** In one list. */
const MOST_CALLS = 1000;

/** `calls`, and what is below it. */
export function addCalls(program: Command, ports: ProgramPorts, done: Done): void {
  const calls = program
    .command("calls")
    .description("List the newest calls.")
    .addOption(dataOption(ports))
    .option("--limit <number>", `at most this many, 1 to ${MOST_CALLS}`, parseLimit, 20)
    .option("--before <id>", "only calls older than this one")
    .addOption(
      new Option("--result <result>", "only calls that ended so; now: those that are up").choices([
        ...CALL_RESULTS,
        "missed",
        "now",
      ]),
    )
    .option("--missed", "only calls in which somebody was to be reached, and nobody answered", false)
    .option(
      "--party <number>",
      "only calls from or to this number, however it is written (a SIP address too), or answered by it",
    )
    .option("--plan <name>", "only calls that took this dial plan")
    .option("--webhook <name>", "only calls that asked this webhook")
    .option("--phone <extension>", "only calls that this phone made, or that rang it")
    .option("--find <text>", "only calls with this in a number or a name, or as the beginning of the id")
    .option("--from <time>", "only calls that began then or later: 2026-12-25, 2026-12-25T10:00", parseTime)
    .option("--to <time>", "only calls that began before that", parseTime)
    .option("--refused", "what strangers tried, instead of calls: their calls and their logins", false)
    .addOption(utcOption())
    .option("--json", "as JSON", false)
    .action(async (options: CallListOptions) =>
      done(await (await callLog()).runCallList(options, ports.output)),
    );
  addNow(calls, ports, done);
  addShow(calls, ports, done);
  addFollow(calls, ports, done);
}

function addNow(calls: Command, ports: ProgramPorts, done: Done): void {
  calls
    .command("now")
    .description("List the calls that are up.")
    .addOption(dataOption(ports))
    .addOption(utcOption())
    .option("--json", "as JSON", false)
    .action(async (_options: unknown, command: Command) => {
      const its = calls.opts<CallListOptions>();
      const options = {
        ...its,
        // All of them, unless somebody wants few.
        limit: calls.getOptionValueSource("limit") === "default" ? MOST_CALLS : its.limit,
        result: "now" as const,
        ...command.opts<JsonAndUtc>(),
      };
      done(
        await (await callLog()).runCallList(
          { ...options, ...above(command), data: dataOf(command) },
          ports.output,
        ),
      );
    });
}

function addShow(calls: Command, ports: ProgramPorts, done: Done): void {
  calls
    .command("show")
    .description("Tell the story of one call, with its SIP ladder.")
    .argument("<id>", "the call's id, or its beginning")
    .addOption(dataOption(ports))
    .option("--json", "as JSON", false)
    .option("--messages", "the SIP messages in full as well", false)
    .option("--ascii", "draw with plain ASCII characters", false)
    .addOption(utcOption())
    .action(async (id: string, options: CallShowOptions, command: Command) => {
      done(
        await (await callLog()).runCallShow(
          id,
          { ...options, ...above(command), data: dataOf(command) },
          ports.output,
        ),
      );
    });
}

function addFollow(calls: Command, ports: ProgramPorts, done: Done): void {
  calls
    .command("follow")
    .description("Tell what happens in a call while it happens; without an id, which calls begin and end.")
    .argument("[id]", "the call's id, or its beginning")
    .addOption(dataOption(ports))
    .addOption(utcOption())
    .action(async (id: string | undefined, _options: CallFollowOptions, command: Command) => {
      const { utc } = above(command);
      done(await (await following()).runCallFollow(id, { data: dataOf(command), utc }, ports.output));
    });
}

function parseLimit(text: string): number {
  const limit = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST_CALLS)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_CALLS}.`);
  return limit;
}
