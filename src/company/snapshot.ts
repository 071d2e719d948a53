import { createHash } from "node:crypto";
import { compile } from "../dialplan/compile.ts";
import type { Company } from "../model/company.ts";
import { KEPT_SECRET } from "../model/company.ts";
import { companyDirectory, directoryWebhook } from "../model/company-directory.ts";
import type { StoredCompany } from "../model/repositories.ts";
import type { Ha1, Phone, Snapshot, Trunk } from "../model/snapshot.ts";
import type { Webhook } from "../model/webhook.ts";
import { audioMessages } from "./audio-paths.ts";

/**
 * The company as the call path sees it: plans compiled, passwords replaced by their digest hashes. Plain data
 * that survives structured clone. `audioFolder`: absolute path of the converted messages. The company must have passed `checkCompany` and have its secrets filled in;
 * anything else is a bug and throws.
 */
export function buildSnapshot(stored: StoredCompany, realm: string, audioFolder: string): Snapshot {
  const { company, version } = stored;
  const directory = companyDirectory(company);
  return {
    version,
    home: company.home,
    realm,
    security: company.security,
    phones: new Map(company.phones.map((phone) => [phone.extension, snapshotPhone(phone, realm)])),
    groups: new Map(company.groups.map((group) => [group.extension, group])),
    trunks: company.trunks.map(snapshotTrunk),
    outboundTrunk: company.outbound?.trunk,
    webhooks: new Map(company.webhooks.map((webhook) => [webhook.name, snapshotWebhook(webhook)])),
    audioMessages: audioMessages(stored, audioFolder),
    plans: new Map(
      company.plans.map((document) => {
        const plan = compile(document, directory, stored.planVersions.get(document.name) ?? 1);
        if (!plan.ok)
          throw new Error(`plan "${document.name}" was saved with problems: ${JSON.stringify(plan.error)}`);
        return [document.name, plan.value];
      }),
    ),
    numbers: new Map(company.numbers.map(({ number, plan }) => [number, { number, plan }])),
  };
}

function snapshotPhone(phone: Company["phones"][number], realm: string): Phone {
  const { extension, name, media } = phone;
  const password = clear(phone.password, `phone ${extension}`);
  // RFC 7616 §3.4.2: A1 = username ":" realm ":" password.
  const hash = (algorithm: "md5" | "sha256", username: string): string =>
    createHash(algorithm).update(`${username}:${realm}:${password}`).digest("hex");
  const ha1 = (username: string): Ha1 => ({ md5: hash("md5", username), sha256: hash("sha256", username) });
  return { extension, name, ha1: ha1(extension), ha1WithDomain: ha1(`${extension}@${realm}`), media };
}

function snapshotTrunk(trunk: Company["trunks"][number]): Trunk {
  const { credentials } = trunk;
  if (credentials === undefined) return { ...trunk, credentials: undefined };
  const password = clear(credentials.password, `trunk "${trunk.name}"`);
  return { ...trunk, credentials: { username: credentials.username, password } };
}

function clear(password: string | undefined, owner: string): string {
  if (password === undefined || password === KEPT_SECRET)
    throw new Error(`${owner} was saved without its password`);
  return password;
}

function snapshotWebhook(webhook: Company["webhooks"][number]): Webhook {
  const { name, description, urlTemplate, timeoutSeconds, followRedirects } = webhook;
  const timeoutMs = timeoutSeconds * 1000;
  return { name, description, urlTemplate, timeoutMs, followRedirects, ...directoryWebhook(webhook) };
}
