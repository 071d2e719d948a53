import type { Directory, DirectoryWebhook } from "../dialplan/directory.ts";
import type { Company } from "./company.ts";
import { DEFAULT_PROMPTS } from "./default-prompts.ts";

/** What plans may refer to, taken from a company document. */
export function companyDirectory(company: Company): Directory {
  return {
    home: company.home,
    security: company.security,
    phones: new Map(company.phones.map((phone) => [phone.extension, phone])),
    groups: new Map(company.groups.map((group) => [group.extension, group])),
    webhooks: new Map(company.webhooks.map((webhook) => [webhook.name, directoryWebhook(webhook)])),
    audioMessages: new Map(
      [...DEFAULT_PROMPTS, ...company.audioMessages].map((message) => [message.name, message]),
    ),
    plans: new Map(company.plans.map((plan) => [plan.name, plan])),
  };
}

/** The part of a webhook that the walk looks at. */
export function directoryWebhook(webhook: Company["webhooks"][number]): DirectoryWebhook {
  const { callerIdForwarding, ivr } = webhook;
  if (ivr === undefined) return { callerIdForwarding, ivr: undefined };
  return {
    callerIdForwarding,
    ivr: {
      timeoutMs: ivr.timeoutSeconds * 1000,
      attempts: ivr.attempts,
      codeLength: ivr.codeLength,
      startMessage: ivr.startMessage,
      incorrectMessage: ivr.incorrectMessage,
      timeoutMessage: ivr.timeoutMessage,
    },
  };
}
