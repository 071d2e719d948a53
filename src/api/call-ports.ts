import type { Result } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import type { CallFix, FixName } from "../model/call-fixes.ts";
import type { CallRecord } from "../model/call-record.ts";
import type { CallRepository, CallSummary, RegistrationRepository } from "../model/repositories.ts";
import type { callRoutes } from "./contract/calls.ts";
import type { Refused } from "./contract/problems.ts";
import type { AnswerOf, BodyOf } from "./contract/route.ts";

/** A fix, and what it would permit. */
export interface FixOffer {
  readonly fix: FixName;
  readonly about: CallFix;
  readonly permits: string;
  readonly choices: readonly string[];
}

/** How a fix is to be done; of which plan or trunk. */
export interface FixWish {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
}

/** What the API needs about calls. */
export interface CallPorts {
  readonly calls: Pick<CallRepository, "list" | "get" | "refusedSince">;
  readonly registrations: Pick<RegistrationRepository, "load">;
  readonly exports: {
    /** One page that needs nothing else. */
    html(record: CallRecord): string;
    pcap(record: CallRecord): Uint8Array;
    readonly csvHead: string;
    csvLine(call: CallSummary): string;
  };
  readonly fixes: {
    /** Undefined: there is no such call. */
    offered(id: string): Promise<readonly FixOffer[] | undefined>;
    make(
      id: string,
      fix: FixName,
      wish: FixWish,
      by: Doer,
    ): Promise<
      Result<
        AnswerOf<typeof callRoutes.fix>,
        Refused<"noSuchCall" | "noSuchFix" | "noSuchChoice" | "notChanged" | "notSaved">
      >
    >;
  };
  testCall(
    wanted: BodyOf<typeof callRoutes.test>,
  ): Promise<Result<AnswerOf<typeof callRoutes.test>, Refused<"busy" | "noListener">>>;
  /** Milliseconds since the epoch. */
  now(): number;
}
