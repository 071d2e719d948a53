import type { Command } from "../../dialplan/command.ts";
import type { Outcome } from "../../dialplan/outcome.ts";
import type { Why } from "../../lib/said.ts";
import type { Tried } from "../../model/tried.ts";
import type { HeaderList } from "../../sip/index.ts";
import type { WebhookPort } from "../../webhook/port.ts";
import type { CallContext } from "../call-context.ts";
import type { Ending } from "../call-end.ts";
import type { CallSound } from "../call-sound.ts";
import type { Callee } from "../callee.ts";
import type { CallerLeg } from "../caller-leg.ts";

/** Commands that are performed; `follow` only ever answers what a performer asks. */
export type Performed = Exclude<Command, { readonly type: "follow" }>;

/** A command by its type. */
export type CommandOf<Type extends Performed["type"]> = Extract<Command, { readonly type: Type }>;

/** What a performer may use of its call. */
export interface CallDesk {
  readonly context: CallContext;
  readonly webhooks: WebhookPort;
  readonly caller: CallerLeg;
  readonly sound: CallSound;
  readonly callee: Callee;
  readonly tried: Tried;
  /** The caller dialled the destination itself: it is told how that refused. */
  readonly direct: boolean;
  /** Who ended the call; undefined while it goes on. */
  readonly endedBy: () => Ending["by"] | undefined;
  /** Ended with the call, however that comes; the function returned forgets it: it has ended by itself. */
  readonly own: (end: () => void) => () => void;
  /** The caller is answered, where nobody has: then it hears what is played, or `onFailed` says why not. */
  readonly answerCaller: (onReady: () => void, onFailed: (reason: Why) => void) => void;
  /** How the command went: the walk goes on. */
  readonly done: (outcome: Outcome) => void;
  /** What the plan says to something that happens while the command goes on; undefined: the call is over. */
  readonly ask: (outcome: Outcome) => Command | undefined;
  /** The plan has ended, and nobody has answered. */
  readonly end: (ending: Ending) => void;
}

/** A command that is being performed. */
export interface Performing {
  start(): void;
  /** The caller has gone, or the call is being ended. `headers`: the reason, if any. */
  stop(headers: HeaderList): void;
  /** The caller pressed a key. */
  key?(key: string): void;
  /** A key is still down, or has just been let go. */
  keyHeld?(): void;
  /** It goes on although the caller has gone, whose record waits for it: tells when it is over. */
  outlive?(onOver: () => void): void;
}

/** Performs one type of command. */
export interface Performer<Type extends Performed["type"]> {
  readonly type: Type;
  perform(command: CommandOf<Type>, desk: CallDesk): Performing;
}
