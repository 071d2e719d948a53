import type { AudioEntry } from "../api/contract/audio.ts";
import { problemsOf } from "../company/sentence.ts";
import { referencesOf } from "../dialplan/references.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Company } from "../model/company.ts";
import { companySchema } from "../model/company.ts";
import { checkCompany } from "../model/company-checks.ts";
import { DEFAULT_PROMPTS } from "../model/default-prompts.ts";
import type { CompanyRepository, StoredAudio, StoredCompany } from "../model/repositories.ts";
import { type Applied, saveChanged } from "./apply.ts";
import type { Message } from "./apply-audio.ts";

/** Every message of an installation, those that come with the product first; `durationOf` gives the length of these. */
export function listMessages(
  stored: StoredCompany | undefined,
  durationOf: (defaultPrompt: string) => number | undefined,
): AudioEntry[] {
  const usedBy = (name: string): string[] => (stored === undefined ? [] : usersOf(stored.company, name));
  return [
    ...DEFAULT_PROMPTS.map(({ name, text, language }) => {
      return { name, text, language, durationMs: durationOf(name), builtIn: true, usedBy: usedBy(name) };
    }),
    ...(stored?.company.audioMessages ?? []).map((message) => {
      return { ...message, ...stored?.audio.get(message.name), builtIn: false, usedBy: usedBy(message.name) };
    }),
  ];
}

/** `webhook "VIP code"`, `plan "main"`: everything that plays the message. */
function usersOf(company: Company, name: string): string[] {
  const webhooks = company.webhooks.filter(({ ivr }) =>
    [ivr?.startMessage, ivr?.incorrectMessage, ivr?.timeoutMessage].includes(name),
  );
  const plans = company.plans.filter(({ steps }) =>
    referencesOf(steps).some((reference) => reference.thing === "audioMessage" && reference.name === name),
  );
  return [
    ...webhooks.map((webhook) => `webhook "${webhook.name}"`),
    ...plans.map((plan) => `plan "${plan.name}"`),
  ];
}

/** Adds a message to the stored company, or replaces the one of its name. An error is a sentence. */
export function setMessage(
  repository: CompanyRepository,
  message: Message,
  audio: StoredAudio,
  now: number,
): Promise<Result<Applied, string>> {
  return change(repository, now, (stored) => {
    const messages = stored.company.audioMessages;
    const isThere = messages.some(({ name }) => name === message.name);
    const audioMessages = isThere
      ? messages.map((one) => (one.name === message.name ? message : one))
      : [...messages, message];
    return ok({ company: { ...stored.company, audioMessages }, audio: [[message.name, audio]] });
  });
}

/** Takes a message out of the stored company, if nothing plays it. An error is a sentence. */
export function removeMessage(
  repository: CompanyRepository,
  name: string,
  now: number,
): Promise<Result<Applied, string>> {
  return change(repository, now, ({ company }) => {
    if (DEFAULT_PROMPTS.some((prompt) => prompt.name === name))
      return err(`Audio message "${name}" comes with Switchhook and stays.`);
    if (!company.audioMessages.some((message) => message.name === name))
      return err(`There is no audio message "${name}".`);
    const users = usersOf(company, name);
    if (users.length > 0)
      return err(`Audio message "${name}" is played by ${users.join(" and ")}. Give it another one first.`);
    const audioMessages = company.audioMessages.filter((message) => message.name !== name);
    return ok({ company: { ...company, audioMessages }, audio: [] });
  });
}

interface Changed {
  readonly company: Company;
  readonly audio: readonly (readonly [name: string, audio: StoredAudio])[];
}

async function change(
  repository: CompanyRepository,
  now: number,
  work: (stored: StoredCompany) => Result<Changed, string>,
): Promise<Result<Applied, string>> {
  const before = await repository.load();
  if (before === undefined) return err("Nothing has been applied here yet: run switchhook apply FILE first.");
  const changed = work(before);
  if (!changed.ok) return changed;
  const shape = companySchema.safeParse(changed.value.company);
  const problems = shape.success
    ? checkCompany(shape.data).filter(({ severity }) => severity === "error")
    : problemsOf(shape.error.issues, changed.value.company);
  if (!shape.success || problems.length > 0) return err(problems.map(({ message }) => message).join(" "));
  const audio = new Map([...before.audio, ...changed.value.audio]);
  return ok({ ...(await saveChanged(repository, before, shape.data, audio, now)), warnings: [] });
}
