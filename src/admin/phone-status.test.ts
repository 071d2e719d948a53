import assert from "node:assert/strict";
import { test } from "node:test";
import { entitiesOf } from "../../test/support/entities.ts";
import { companySchema } from "../model/company.ts";
import { phoneStatus } from "./phone-status.ts";

const COMPANY = entitiesOf(
  companySchema.parse({
    version: 1,
    home: { country: "NL", timeZone: "Europe/Amsterdam" },
    phones: Array.from({ length: 250 }, (_, index) => ({
      extension: String(1249 - index),
      name: `Desk ${1249 - index}`,
      password: `secret-of-${index}-x7`,
    })),
  }),
);

test("the calls' side is asked of a hundred phones at once, and every phone is told of by its extension", async () => {
  const asked: number[] = [];
  const all = await phoneStatus(COMPANY, async (extensions) => {
    asked.push(extensions.length);
    return extensions.map((extension) => ({ extension, contacts: [], lastFailure: undefined }));
  });
  assert.deepEqual(asked, [100, 100, 50]);
  assert.deepEqual(
    all?.map(({ extension, name }) => [extension, name]),
    Array.from({ length: 250 }, (_, index) => [String(1000 + index), `Desk ${1000 + index}`]),
  );
  let portions = 0;
  const silent = await phoneStatus(COMPANY, async () => {
    portions += 1;
    return undefined;
  });
  assert.deepEqual([silent, portions], [undefined, 1], "a side that is silent is not asked again");
});
