import { type Command, InvalidArgumentError, type Option } from "commander";
import { readPartyState } from "../../simulate/given.ts";
import type { Output } from "../output.ts";
import type { SimulateOptions } from "../simulate.ts";
import { userPart } from "../sip-address.ts";
import { parseTime } from "./flags.ts";

// Loaded when it is run.
const simulation = () => import("../simulate.ts");

type Replies = SimulateOptions["reply"];
type Phones = SimulateOptions["phone"];

interface CommandParts {
  readonly output: Output;
  readonly done: (code: number) => void;
  readonly dataOption: () => Option;
}

/** `switchhook simulate NUMBER`. */
export function addSimulate(program: Command, { output, done, dataOption }: CommandParts): void {
  program
    .command("simulate")
    .description(
      "Say what would come of a call, step by step, as calls show tells of one that was; nobody rings.",
    )
    .argument("<number>", "number that is called: +31501234567, or sip:+31501234567@pbx.example")
    .addOption(dataOption())
    .option("--from <number>", "who calls: a number, an extension, or anonymous", "anonymous")
    .option("--name <name>", "calling name", "")
    .option("--at <time>", "when, such as 2026-12-25T10:00, in the company's time zone", parseTime)
    .option("--digits <keys>", "what the caller types each time it is asked: 1,1234#", parseDigits, [])
    .option(
      "--reply <webhook=reply>",
      "what a webhook replies: CRM='status=ACK&destination=215'; again for its next reply",
      parseReply,
      {},
    )
    .option("--ask <webhook>", "really ask this webhook, marked as a test; again for more", parseMore, [])
    .option(
      "--phone <phone=state>",
      "what a phone or outside number does: 215=busy, answers, noAnswer, rejects, unavailable, notRegistered, forwards:216, 486",
      parsePhone,
      {},
    )
    .option("--plan <name>", "this dial plan takes the call")
    .option("--draft <plan>", "the draft of this dial plan takes the call")
    .option("--json", "as JSON", false)
    .action(async (number: string, options: SimulateOptions) =>
      done(await (await simulation()).runSimulate(number, options, output)),
    );
}

function parseDigits(text: string, before: readonly string[]): readonly string[] {
  return [...before, ...text.split(",")];
}

function parseMore(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function parseReply(text: string, before: Replies): Replies {
  const [name, body] = halves(text);
  if (name === "" || body === undefined)
    throw new InvalidArgumentError("It must be the webhook's name, = and its reply.");
  return { ...before, [name]: [...(Object.hasOwn(before, name) ? (before[name] ?? []) : []), { body }] };
}

function parsePhone(text: string, before: Phones): Phones {
  const [name, state = ""] = halves(text);
  const does = readPartyState(state);
  if (name === "" || does === undefined)
    throw new InvalidArgumentError("It must be a phone or number, = and what it does, such as 215=busy.");
  return { ...before, [userPart(name)]: does };
}

function halves(text: string): readonly [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
