import { type Command, InvalidArgumentError, type Option } from "commander";
import type { ShownSimulation } from "../api/contract/plans.ts";
import { printable } from "../lib/printable.ts";
import { withStop } from "../lib/sentence.ts";
import { renderEvents } from "../model/story.ts";
import { type PartyState, readPartyState, simulatedCall } from "../simulate/given.ts";
import { printFailure } from "./apply.ts";
import { parseTime } from "./commands/flags.ts";
import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { userPart } from "./sip-address.ts";

type Replies = Readonly<Record<string, readonly { readonly body: string }[]>>;
type Phones = Readonly<Record<string, PartyState>>;

export interface SimulateOptions {
  readonly data: string;
  readonly from: string;
  readonly name: string;
  /** In the company's time zone. */
  readonly at?: string;
  readonly digits: readonly string[];
  readonly reply: Replies;
  readonly ask: readonly string[];
  readonly phone: Phones;
  readonly plan?: string;
  readonly draft?: string;
  readonly json: boolean;
}

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
      done(await runSimulate(number, options, output)),
    );
}

/** Simulates a call and tells of it. */
export async function runSimulate(number: string, options: SimulateOptions, output: Output): Promise<number> {
  const { data, from, name: callerName, at, digits, reply, ask, phone, plan, draft, json } = options;
  const call = simulatedCall.omit({ at: true }).safeParse({
    number: userPart(number),
    from: userPart(from),
    callerName,
    digits,
    replies: reply,
    phones: phone,
    plan,
  });
  if (!call.success) {
    for (const { path, message } of call.error.issues) output.err(`${path.join(".")}: ${message}`);
    return ExitCode.usage;
  }
  const installation = findInstallation(data, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const seen = await installation.value.simulate({ ...call.data, at, ask: [...ask], draft });
  if (!seen.ok) return printFailure(seen.error, output);
  if (json) output.json(seen.value);
  else tell(seen.value, output);
  return ExitCode.ok;
}

function tell({ story, verdict, wanted, problems }: ShownSimulation, output: Output): void {
  for (const { step, message } of problems)
    output.err(printable(`In the way of publishing this draft, step ${step}: ${message}`));
  for (const line of renderEvents(story)) output.out(line);
  output.out("");
  if (verdict !== undefined) {
    const by = verdict.answeredBy === undefined ? "" : `, answered by ${verdict.answeredBy}`;
    output.out(printable(`Result: ${verdict.result}${by}. ${withStop(capital(verdict.reason))}`));
  }
  if (wanted !== undefined)
    output.out(
      printable(`Here the webhook "${wanted.webhook}" has no reply left: give it another one with --reply.`),
    );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
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
