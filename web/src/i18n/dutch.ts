import { DUTCH_PROBLEMS } from "./dialplan-nl.ts";
import { detailOf, endOf, eventInDutch, notesInDutch, reasonOf } from "./event-nl.ts";
import { inDutch } from "./said-nl.ts";

/** All Dutch of the core's sentences: one file, loaded when somebody reads Dutch. */
const dutch = { inDutch, eventInDutch, notesInDutch, detailOf, endOf, reasonOf, problems: DUTCH_PROBLEMS };
export type Dutch = typeof dutch;
export default dutch;
