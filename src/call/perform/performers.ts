import { collect } from "./collect.ts";
import { connected } from "./connected.ts";
import { hangUp } from "./hang-up.ts";
import type { CallDesk, Performed, Performer, Performing } from "./performer.ts";
import { play } from "./play.ts";
import { request } from "./request.ts";
import { ring } from "./ring.ts";

/** A performer for every command (docs/adr/0062): a new one is its file and its line here. */
const PERFORMERS: { readonly [Type in Performed["type"]]: Performer<Type> } = {
  ring,
  request,
  play,
  collect,
  hangUp,
  connected,
};

/** The performing of a command, not started yet. */
export function performing(command: Performed, desk: CallDesk): Performing {
  // Each performer is only given commands of its own type, which TypeScript cannot follow through a table.
  const performer = PERFORMERS[command.type] as Performer<Performed["type"]>;
  return performer.perform(command, desk);
}
