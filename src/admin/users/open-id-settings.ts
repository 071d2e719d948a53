import { type Refused, refused } from "../../api/contract/problems.ts";
import { MASK } from "../../lib/masker.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Doer } from "../../model/audit.ts";
import type { OpenIdSettings } from "../../model/open-id.ts";
import { differing, entryOf } from "./deed.ts";
import type { AccountParts } from "./parts.ts";
import { leavesNobodyWith } from "./users.ts";

/** What is set; the rest is how it came to be. */
export type OpenIdWanted = Omit<OpenIdSettings, "revision" | "changedAt" | "changedBy">;

/**
 * Sets the server that people may sign in by. `seen`: the revision that somebody has seen, 0: that there is none, undefined: any.
 * Rejects when the store fails.
 */
export async function setOpenId(
  parts: AccountParts,
  seen: number | undefined,
  to: OpenIdWanted,
  by: Doer,
): Promise<Result<OpenIdSettings, Refused<"stale" | "notFound" | "invalidOpenId" | "lastAdministrator">>> {
  const { accounts } = parts;
  type Code = "stale" | "notFound" | "invalidOpenId" | "lastAdministrator";
  return await accounts.change<OpenIdSettings, Code>(() => {
    const before = accounts.openId;
    const stale = staleness(before, seen);
    if (stale !== undefined) return err(stale);
    if (leavesNobodyWith(accounts, to.issuer)) return err(OTHER_ISSUER);
    const secretNow = secretFor(before, to);
    if (!secretNow.ok) return secretNow;
    const clientSecret = secretNow.value;
    const settings: OpenIdSettings = {
      ...to,
      clientSecret,
      // Never one that was: answers that are on their way belong to a revision.
      revision: Math.max(before?.revision ?? 0, parts.wall()) + 1,
      changedAt: parts.wall(),
      changedBy: by.name,
    };
    const details = differing(before && shownOf(before), shownOf(settings));
    const isSecretNew = before !== undefined && before.clientSecret !== clientSecret;
    const secret = isSecretNew ? [{ name: "clientSecret", before: MASK, after: MASK }] : [];
    const isSame = before !== undefined && details.length === 0 && !isSecretNew;
    if (isSame) return ok({ changes: [], value: before });
    const entry = entryOf(parts, by, { what: "openIdChanged", details: [...details, ...secret] });
    return ok({ changes: [{ type: "openId", settings }], entry, value: settings });
  });
}

/** The secret that is meant: `***` is the one that is kept. */
export function secretFor(
  before: OpenIdSettings | undefined,
  { clientSecret, issuer }: OpenIdWanted,
): Result<string | undefined, Refused<"invalidOpenId">> {
  if (clientSecret !== MASK) return ok(clientSecret);
  if (before?.clientSecret === undefined)
    return err(refused("invalidOpenId", `There is no client secret yet that ${MASK} could stand for.`));
  // A secret is for the server that gave it: another issuer must not be sent it by somebody who cannot read it.
  if (before.issuer !== issuer)
    return err(refused("invalidOpenId", "The issuer is another one: give its client secret too."));
  return ok(before.clientSecret);
}

const NO_WAY_IN = refused(
  "lastAdministrator",
  "No administrator has a password: without the OpenID server nobody could change users any more. Set a password first.",
);
/** Who somebody is there, is known within the issuer only. */
const OTHER_ISSUER = refused(
  "lastAdministrator",
  "No administrator has a password, and links to accounts at another issuer count for nothing at this one: nobody could change users any more. Set a password first.",
);

/** Nobody can sign in by it any more; users and their sessions stay. Rejects when the store fails. */
export async function removeOpenId(
  parts: AccountParts,
  seen: number | undefined,
  by: Doer,
): Promise<Result<undefined, Refused<"stale" | "notFound" | "lastAdministrator">>> {
  const { accounts } = parts;
  return await accounts.change<undefined, "stale" | "notFound" | "lastAdministrator">(() => {
    const before = accounts.openId;
    if (before === undefined) return err(refused("notFound", "Signing in by another server is not set up."));
    const stale = staleness(before, seen);
    if (stale !== undefined) return err(stale);
    if (leavesNobodyWith(accounts, undefined)) return err(NO_WAY_IN);
    const entry = entryOf(parts, by, {
      what: "openIdRemoved",
      details: differing(shownOf(before), undefined),
    });
    return ok({ changes: [{ type: "dropOpenId" }], entry, value: undefined });
  });
}

function staleness(
  before: OpenIdSettings | undefined,
  seen: number | undefined,
): Refused<"stale" | "notFound"> | undefined {
  if (seen === undefined || seen === (before?.revision ?? 0)) return undefined;
  if (before === undefined) return refused("notFound", "Signing in by another server is not set up.");
  const { changedBy, changedAt } = before;
  return refused("stale", `${changedBy} changed this meanwhile.`, { changedBy, changedAt });
}

/** As the audit log has it. */
function shownOf(settings: OpenIdSettings) {
  const { label, issuer, clientId, scope, allowedDomains, roles, networks } = settings;
  return {
    label,
    issuer,
    clientId,
    scope,
    allowedDomains: allowedDomains.join(", "),
    claim: roles.claim,
    roles: roles.values.map(({ value, role }) => `${value}: ${role}`).join(", "),
    otherwise: roles.otherwise ?? "",
    networks: networks.join(", "),
  };
}
