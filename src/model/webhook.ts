import type { CallerIdForwarding } from "../dialplan/command.ts";
import type { WebhookIvr } from "../dialplan/directory.ts";

/** A webhook as the call path sees it: checked, its template parsed when it was saved. */
export interface Webhook {
  readonly name: string;
  readonly description: string;
  readonly callerIdForwarding: CallerIdForwarding;
  readonly urlTemplate: string;
  /** Whole deadline of a request: name look-up, connect, redirects and body. */
  readonly timeoutMs: number;
  /** Whether at most three redirects are followed; else the first is a failure. */
  readonly followRedirects: boolean;
  /** Undefined: GET. With POST the values go as a form body. */
  readonly method?: "GET" | "POST" | undefined;
  /** The call goes on at once, on the success branch, whatever the receiver says. */
  readonly ignoreAnswer?: boolean | undefined;
  /** Undefined: no code is asked for. */
  readonly ivr: WebhookIvr | undefined;
}
