import type { practiceRoutes } from "./contract/practice.ts";
import type { AnswerOf, BodyOf } from "./contract/route.ts";

type Routes = typeof practiceRoutes;
export type PracticeReceiver = AnswerOf<Routes["get"]>;
export type PracticeReply = BodyOf<Routes["reply"]>;

/** What the API needs of practice receivers. Undefined: there is none with this id. */
export interface PracticePorts {
  list(): readonly PracticeReceiver[];
  create(): PracticeReceiver;
  get(id: string): PracticeReceiver | undefined;
  setReply(id: string, reply: PracticeReply): PracticeReceiver | undefined;
  clear(id: string): PracticeReceiver | undefined;
  /** A webhook asks one: the request is kept, and the answer is what comes back, when its time has come. */
  ask(id: string, query: URLSearchParams, isTest: boolean): Promise<PracticeReply | undefined>;
}
