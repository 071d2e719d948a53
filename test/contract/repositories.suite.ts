import { test } from "node:test";
import { accountContract } from "./accounts.suite.ts";
import { callListContract } from "./call-lists.suite.ts";
import { callContract } from "./calls.suite.ts";
import { companyContract } from "./company.suite.ts";
import { companyChangeContract } from "./company-changes.suite.ts";
import { registrationContract } from "./registrations.suite.ts";
import type { StoreUnderTest } from "./store-under-test.ts";
import { webhookRequestContract } from "./webhook-requests.suite.ts";

/** What every store must do; `open` makes an empty one. */
export function repositoryContract(name: string, open: () => Promise<StoreUnderTest>): void {
  const check = (title: string, work: (store: StoreUnderTest) => Promise<void>) =>
    test(`${name}: ${title}`, async () => {
      const store = await open();
      try {
        await work(store);
      } finally {
        await store.close();
      }
    });
  companyContract(check);
  companyChangeContract(check);
  callContract(check);
  callListContract(check);
  webhookRequestContract(check);
  registrationContract(check);
  accountContract(check);
}
