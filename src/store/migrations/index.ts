import type { Migration } from "kysely/migration";
import { first } from "./0001-first.ts";
import { audio } from "./0002-audio.ts";
import { kinds } from "./0003-kinds.ts";
import { entities } from "./0004-entities.ts";
import { shape } from "./0005-shape.ts";
import { audit } from "./0006-audit.ts";
import { plans } from "./0007-plans.ts";
import { users } from "./0008-users.ts";
import { callList } from "./0010-call-list.ts";
import { recordBlocks } from "./0011-record-blocks.ts";
import { signIns } from "./0013-sign-ins.ts";
import { companyFile } from "./0014-company-file.ts";
import { saidReasons } from "./0015-said-reasons.ts";

/** Every migration by name, in order; one that was released is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-first": first,
  "0002-audio": audio,
  "0003-kinds": kinds,
  "0004-entities": entities,
  "0005-shape": shape,
  "0006-audit": audit,
  "0007-plans": plans,
  "0008-users": users,
  "0010-call-list": callList,
  "0011-record-blocks": recordBlocks,
  "0013-sign-ins": signIns,
  "0014-company-file": companyFile,
  "0015-said-reasons": saidReasons,
};
