import type { CompanyFilePorts } from "../api/ports.ts";
import { err, ok } from "../lib/result.ts";
import { diffCompany } from "./company-diff.ts";
import type { Desk } from "./desk.ts";
import { storeFailure } from "./edit-refusal.ts";

/** The part of the API that lays a company file beside what is stored. */
export function companyFilePorts(desk: Desk): CompanyFilePorts {
  const state = () => ({ version: desk.entities.version, keptIn: desk.kept ?? null });
  return {
    state,
    diff: (text, file, overwrite) => diffCompany(text, file, desk, overwrite),
    async takeOver(by) {
      try {
        await desk.takeOver(by);
        return ok(state());
      } catch (error) {
        return err(storeFailure(error));
      }
    },
  };
}
