import type { CallRepository, RegistrationRepository } from "../model/repositories.ts";
import type { ApplyAnswer, LocatedProblem } from "./contract/company.ts";

/** How an apply through the API ended. */
export type ApplyOutcome =
  | { readonly type: "applied"; readonly answer: ApplyAnswer }
  | { readonly type: "refused"; readonly problems: readonly LocatedProblem[] }
  /** The store cannot write, or the server did not take the saved configuration over in time. */
  | { readonly type: "failed"; readonly sentence: string };

/** How the signalling side is doing, as `/ready` and `/metrics` tell it. */
export interface ServerStatus {
  readonly ready: boolean;
  readonly reason: string;
  readonly counters: Readonly<Record<string, number>>;
  readonly gauges: Readonly<Record<string, number>>;
}

/** What the API needs of the rest. */
export interface ApiPorts {
  /** The bearer token, 64 hexadecimal digits. */
  readonly token: string;
  readonly softwareVersion: string;
  readonly calls: Pick<CallRepository, "list" | "get">;
  readonly registrations: Pick<RegistrationRepository, "load">;
  /** The company as YAML; undefined before the first apply. */
  exportCompany(secrets: "masked" | "clear"): Promise<string | undefined>;
  /** Applies a file, one after the other; never rejects. */
  apply(text: string, file: string): Promise<ApplyOutcome>;
  /** Undefined when the signalling thread does not answer within a second. */
  status(): Promise<ServerStatus | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** An error that is our fault. */
  failed(route: string, error: unknown): void;
}
