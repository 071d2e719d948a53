import type { HeardAt } from "../../model/trunk-sockets.ts";
import type { Output } from "../output.ts";
import type { StartApp } from "../start.ts";
import type { ReadPassword } from "../users.ts";

/** What the command line needs of the rest. */
export interface ProgramPorts {
  readonly output: Output;
  /** That of a command that is a server; `output` when left out. */
  readonly serverOutput?: Output;
  /** SWITCHHOOK_DATA, or the default. */
  readonly dataDir: string;
  readonly version: string;
  /** Where the server of this environment listens; undefined: the environment does not say. */
  readonly heard?: HeardAt | undefined;
  /** SWITCHHOOK_SPEECH_COMMAND: speaks texts while no server runs. */
  readonly speechCommand?: string | undefined;
  /** Nothing comes when left out. */
  readonly readPassword?: ReadPassword | undefined;
  /** Loads the server; only `start` pays for it. */
  loadApp(): Promise<StartApp>;
}

/** Takes the exit code of the command that ran. */
export type Done = (code: number) => void;
