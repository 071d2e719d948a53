import type { Result } from "../lib/result.ts";
import { utcMinute } from "../lib/utc-minute.ts";
import type { Role } from "../model/role.ts";
import { printFailure } from "./apply.ts";
import type { Failure } from "./failure.ts";
import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import type { LinkMade, WhoInstallation } from "./who-port.ts";

/** Reads a password: typed unseen at a terminal, else the first line of standard input. Undefined: none came. */
export type ReadPassword = (question: string) => Promise<string | undefined>;

/** `switchhook user list`. */
export function runUserList(options: { data: string; json: boolean }, output: Output): Promise<number> {
  return withWho(
    options.data,
    output,
    (who) => who.users(),
    (users) => {
      if (options.json) return output.json(users);
      if (users.length === 0)
        output.out("Nobody can sign in yet; switchhook user link makes the first administrator.");
      for (const { name, role, hasPassword, secondFactor, lastSeenAt } of users) {
        const how = [hasPassword ? "password" : "no password", ...(secondFactor ? ["second factor"] : [])];
        const seen = lastSeenAt === null ? "not signed in" : `signed in, seen ${utcMinute(lastSeenAt)}`;
        output.out(`${name.padEnd(24)} ${role.padEnd(13)} ${how.join(", ").padEnd(24)} ${seen}`);
      }
    },
  );
}

/** `switchhook user add NAME --role ROLE`: with a password, or with a one-time link. */
export async function runUserAdd(
  name: string,
  options: { data: string; role: Role; link: boolean },
  readPassword: ReadPassword,
  output: Output,
): Promise<number> {
  const password = options.link ? undefined : await readPassword(`Password for ${name}: `);
  if (password === undefined && !options.link) return noPassword(output);
  const { role } = options;
  const code = await withWho(
    options.data,
    output,
    (who) => who.addUser({ name, role, password }),
    (user) => {
      output.out(`${user.name} may sign in as ${user.role}.`);
    },
  );
  return code === ExitCode.ok && options.link ? runUserLink(name, options, output) : code;
}

/** `switchhook user password NAME`: sets it; all sessions of that user end. */
export async function runUserPassword(
  name: string,
  options: { data: string },
  readPassword: ReadPassword,
  output: Output,
): Promise<number> {
  const password = await readPassword(`New password for ${name}: `);
  if (password === undefined) return noPassword(output);
  return withWho(
    options.data,
    output,
    (who) => who.setPassword(name, password),
    () => output.out(`${name} has a new password, and is signed out everywhere.`),
  );
}

/** `switchhook user link [NAME]`: a one-time link that signs NAME in; without a name it makes an administrator. */
export function runUserLink(
  name: string | undefined,
  options: { data: string },
  output: Output,
): Promise<number> {
  return withWho(
    options.data,
    output,
    (who) => who.makeLink(name),
    (link) => {
      const does = name === undefined ? "makes an administrator" : `signs ${name} in`;
      output.err(`This link ${does}, once, within 30 minutes:`);
      output.out(linkText(link, output));
    },
  );
}

/** `switchhook user remove NAME`. */
export function runUserRemove(name: string, options: { data: string }, output: Output): Promise<number> {
  return withWho(
    options.data,
    output,
    (who) => who.removeUser(name),
    () => output.out(`${name} is removed, and signed out everywhere.`),
  );
}

/** `switchhook user forget-second-factor NAME`. */
export function runForgetSecondFactor(
  name: string,
  options: { data: string },
  output: Output,
): Promise<number> {
  return withWho(
    options.data,
    output,
    (who) => who.removeSecondFactor(name),
    () => output.out(`${name} signs in by the password alone from now on.`),
  );
}

/** `switchhook token list`. */
export function runTokenList(options: { data: string; json: boolean }, output: Output): Promise<number> {
  return withWho(
    options.data,
    output,
    (who) => who.tokens(),
    (tokens) => {
      if (options.json) return output.json(tokens);
      if (tokens.length === 0) output.out("There are no tokens besides the one in the data folder.");
      for (const { id, name, role, begins, lastUsedAt, expiresAt } of tokens) {
        const used = lastUsedAt === null ? "never used" : `used ${utcMinute(lastUsedAt)}`;
        const until = expiresAt === null ? "" : `, good until ${utcMinute(expiresAt)}`;
        output.out(`${id}  ${name.padEnd(20)} ${role.padEnd(13)} ${begins}…  ${used}${until}`);
      }
    },
  );
}

/** `switchhook token add NAME --role ROLE`: prints the token, this one time. */
export function runTokenAdd(
  name: string,
  options: { data: string; role: Role; days: number | undefined },
  output: Output,
): Promise<number> {
  const { role, days } = options;
  return withWho(
    options.data,
    output,
    (who) => who.addToken({ name, role, days }),
    (token) => {
      output.err(`Keep this token now: it is not shown again. It may do what a ${role} may.`);
      output.out(token);
    },
  );
}

/** `switchhook token revoke ID`. */
export function runTokenRevoke(id: string, options: { data: string }, output: Output): Promise<number> {
  return withWho(
    options.data,
    output,
    (who) => who.revokeToken(id),
    () => output.out("The token is revoked."),
  );
}

/** A link as a person opens it. */
export function linkText({ path, address }: LinkMade, output: Pick<Output, "err">): string {
  if (address === undefined) output.err("No server runs now: start it, and put its address before this.");
  return `${address ?? ""}${path}`;
}

async function withWho<T>(
  dataDir: string,
  output: Output,
  work: (who: WhoInstallation) => Promise<Result<T, Failure>>,
  show: (value: T) => void,
): Promise<number> {
  const installation = await findInstallation(dataDir, true);
  if (!installation.ok) return printFailure(installation.error, output);
  const done = await work(installation.value.who);
  if (!done.ok) return printFailure(done.error, output);
  show(done.value);
  return ExitCode.ok;
}

function noPassword(output: Output): number {
  output.err("No password was given: type one, or give it as the first line of standard input.");
  return ExitCode.usage;
}
