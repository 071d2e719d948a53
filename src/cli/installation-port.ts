import type { Message, Progress } from "../admin/apply-audio.ts";
import type { AudioEntry } from "../api/contract/audio.ts";
import type { callRoutes } from "../api/contract/calls.ts";
import type { FileDifference } from "../api/contract/company-file.ts";
import type { WebhookStatus } from "../api/contract/overview.ts";
import type { ShownSimulation, WantedSimulation } from "../api/contract/plans.ts";
import type { AnswerOf, BodyOf } from "../api/contract/route.ts";
import type { webhookTrialRoutes } from "../api/contract/webhook-trials.ts";
import type { SecretsInExport } from "../company/write.ts";
import type { WebhookValues } from "../dialplan/command.ts";
import type { Result } from "../lib/result.ts";
import type { Ban, PhoneStatus } from "../model/access.ts";
import type { CallRecord } from "../model/call-record.ts";
import type { LocatedProblem } from "../model/problem.ts";
import type { CallFilter, CallSummary, RefusedCounts } from "../model/repositories.ts";
import type { TrunkStatus } from "../model/trunk-status.ts";
import type { Failure } from "./failure.ts";
import type { WhoInstallation } from "./who-port.ts";

/** A page of the call list, and what strangers tried in the last 24 hours. */
export interface CallPage {
  readonly items: readonly CallSummary[];
  readonly refused: RefusedCounts;
}

export interface ApplyReport {
  /** A running server routes new calls by it already. */
  readonly live: boolean;
  readonly version: number;
  readonly changes: readonly string[];
  readonly warnings: readonly LocatedProblem[];
}

export interface ApplyHow {
  readonly progress: Progress;
  /** What was changed here since the file was made goes. */
  readonly overwrite: boolean;
}

/** What is to be simulated: a call to a number, or one that the draft of a plan takes. */
export type SimulationWish = WantedSimulation & {
  /** The plan's name. */
  readonly draft: string | undefined;
};

export type TestCallWish = BodyOf<typeof callRoutes.test>;
export type TestCallAnswer = AnswerOf<typeof callRoutes.test>;
/** What came of trying a webhook. */
export type WebhookTrial = AnswerOf<typeof webhookTrialRoutes.try>;

/** Where the company is. */
export interface Home {
  /** ISO 3166. */
  readonly country: string;
  /** IANA. */
  readonly timeZone: string;
}

/** An installation as commands see it: the running server's API, or the store itself when none runs. */
export interface Installation {
  /** A server runs: calls may be up. */
  readonly isRunning: boolean;
  /** Files that the company file names are relative to its folder. */
  apply(text: string, file: string, how: ApplyHow): Promise<Result<ApplyReport, Failure>>;
  /** What an apply would do. */
  diff(text: string, file: string, overwrite: boolean): Promise<Result<FileDifference, Failure>>;
  /** Undefined: nothing has been applied. */
  export(secrets: SecretsInExport): Promise<Result<string | undefined, Failure>>;
  /** What would come of a call. */
  simulate(wish: SimulationWish): Promise<Result<ShownSimulation, Failure>>;
  /** Undefined: nothing has been applied, or it cannot be known now. */
  home(): Promise<Home | undefined>;
  calls(filter: CallFilter): Promise<Result<CallPage, Failure>>;
  /** `behind`: of a call that is up not before there is something behind the entry of this number, or for some seconds. */
  call(id: string, behind?: number): Promise<Result<CallRecord | undefined, Failure>>;
  /** Places a call by the running server's own caller; answered as soon as the call has a record. */
  testCall(wish: TestCallWish): Promise<Result<TestCallAnswer, Failure>>;
  /** The phones of the running server. */
  phones(): Promise<Result<readonly PhoneStatus[], Failure>>;
  trunks(): Promise<Result<readonly TrunkStatus[], Failure>>;
  webhooks(): Promise<Result<readonly WebhookStatus[], Failure>>;
  /** Asks a webhook as a call would; undefined: there is none of this name. */
  tryWebhook(
    name: string,
    values: Partial<WebhookValues>,
  ): Promise<Result<WebhookTrial | undefined, Failure>>;
  bans(): Promise<Result<readonly Ban[], Failure>>;
  /** How many were lifted; `what` undefined: all. */
  liftBans(what: string | undefined): Promise<Result<number, Failure>>;
  /** Has the running server read its certificate again; the value is a sentence. */
  reload(): Promise<Result<string, Failure>>;
  readonly audio: AudioInstallation;
  readonly who: WhoInstallation;
}

/** The audio messages of an installation. */
export interface AudioInstallation {
  list(): Promise<Result<readonly AudioEntry[], Failure>>;
  /** Adds a message or replaces it; its file is relative to `folder`. */
  add(message: Message, folder: string, progress: Progress): Promise<Result<ApplyReport, Failure>>;
  /** A message as a WAV file; undefined: there is none. */
  wav(name: string): Promise<Result<Uint8Array | undefined, Failure>>;
  remove(name: string): Promise<Result<ApplyReport, Failure>>;
}
