import { type Command, InvalidArgumentError, Option } from "commander";
import { ROLES, type Role } from "../model/role.ts";
import type { Output } from "./output.ts";
import type { ReadPassword } from "./users.ts";

// Loaded when it is run.
const users = () => import("./users.ts");

/** What these commands need of the rest. */
export interface UserCommandPorts {
  readonly output: Output;
  readonly readPassword: ReadPassword;
  readonly dataOption: () => Option;
  readonly done: (code: number) => void;
}

interface Data {
  readonly data: string;
}

/** `switchhook user …`: who may sign in. They work on the data folder too, when everything else is lost. */
export function addUserCommands(
  program: Command,
  { output, readPassword, dataOption, done }: UserCommandPorts,
): void {
  const user = program.command("user").description("Who may sign in to the web interface.");
  user
    .command("list")
    .description("List the users.")
    .addOption(dataOption())
    .option("--json", "as JSON", false)
    .action(async (options: Data & { json: boolean }) =>
      done(await (await users()).runUserList(options, output)),
    );
  user
    .command("add")
    .description("Add a user; the password is asked for, or read from standard input.")
    .argument("<name>", "as it is typed when signing in")
    .addOption(roleOption().default("viewer"))
    .option("--link", "no password: print a one-time link instead", false)
    .addOption(dataOption())
    .action(async (name: string, options: Data & { role: Role; link: boolean }) =>
      done(await (await users()).runUserAdd(name, options, readPassword, output)),
    );
  user
    .command("password")
    .description("Set a user's password; it is asked for, or read from standard input.")
    .argument("<name>")
    .addOption(dataOption())
    .action(async (name: string, options: Data) =>
      done(await (await users()).runUserPassword(name, options, readPassword, output)),
    );
  user
    .command("link")
    .description("Print a one-time link that signs a user in; without a name it makes an administrator.")
    .argument("[name]")
    .addOption(dataOption())
    .action(async (name: string | undefined, options: Data) =>
      done(await (await users()).runUserLink(name, options, output)),
    );
  user
    .command("forget-second-factor")
    .description("Let a user who has lost the second factor sign in without it.")
    .argument("<name>")
    .addOption(dataOption())
    .action(async (name: string, options: Data) =>
      done(await (await users()).runForgetSecondFactor(name, options, output)),
    );
  user
    .command("remove")
    .description("Remove a user; all of its sessions end.")
    .argument("<name>")
    .addOption(dataOption())
    .action(async (name: string, options: Data) =>
      done(await (await users()).runUserRemove(name, options, output)),
    );
}

/** `switchhook token …`: by what programs use the API. */
export function addTokenCommands(program: Command, { output, dataOption, done }: UserCommandPorts): void {
  const token = program.command("token").description("Tokens by which programs use the API.");
  token
    .command("list")
    .description("List the tokens; none is shown whole.")
    .addOption(dataOption())
    .option("--json", "as JSON", false)
    .action(async (options: Data & { json: boolean }) =>
      done(await (await users()).runTokenList(options, output)),
    );
  token
    .command("add")
    .description("Make a token and print it, this one time.")
    .argument("<name>", "what it is for")
    .addOption(roleOption().default("viewer"))
    .option("--days <number>", "good for so long; without this until it is revoked", parseDays)
    .addOption(dataOption())
    .action(async (name: string, options: Data & { role: Role; days: number | undefined }) =>
      done(await (await users()).runTokenAdd(name, options, output)),
    );
  token
    .command("revoke")
    .description("Revoke a token, at once.")
    .argument("<id>", "as the list shows it")
    .addOption(dataOption())
    .action(async (id: string, options: Data) =>
      done(await (await users()).runTokenRevoke(id, options, output)),
    );
}

function roleOption(): Option {
  return new Option("--role <role>", "what it may do").choices([...ROLES]);
}

function parseDays(text: string): number {
  const days = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > 3650) throw new InvalidArgumentError("It must be a whole number from 1 to 3650.");
  return days;
}
