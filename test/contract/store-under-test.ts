import type { Repositories } from "../../src/model/repositories.ts";

/** A store under test; `reopen` closes it and opens the same data again. */
export interface StoreUnderTest {
  readonly repositories: Repositories;
  reopen(): Promise<Repositories>;
  close(): Promise<void>;
}

/** Names a test of the contract, which gets an empty store. */
export type Check = (title: string, work: (store: StoreUnderTest) => Promise<void>) => unknown;
