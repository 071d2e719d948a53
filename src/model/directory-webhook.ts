import type { DirectoryWebhook } from "../dialplan/directory.ts";

/** A webhook's code as it is written; see `WebhookIvr`. */
interface WrittenIvr {
  readonly timeoutSeconds: number;
  readonly attempts: number;
  readonly codeLength?: number | undefined;
  readonly startMessage?: string | undefined;
  readonly incorrectMessage?: string | undefined;
  readonly timeoutMessage?: string | undefined;
}

/** The part of a webhook that the walk looks at. */
export function directoryWebhook({
  callerIdForwarding,
  ivr,
}: Pick<DirectoryWebhook, "callerIdForwarding"> & {
  readonly ivr?: WrittenIvr | undefined;
}): DirectoryWebhook {
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
