import type { OpenIdAnswer } from "../../../../src/api/contract/open-id.ts";
import type { Role } from "../../../../src/api/contract/role.ts";
import { ROLES } from "../../lib/roles.ts";

/** The settings of the OpenID server as they are typed. */
export interface Texts {
  readonly label: string;
  readonly issuer: string;
  readonly clientId: string;
  /** `***`: the one that is kept. */
  readonly clientSecret: string;
  readonly domains: string;
  readonly claim: string;
  /** A line each. */
  readonly values: string;
  readonly otherwise: string;
  readonly networks: string;
}

const KEPT_SECRET = "***";

/** The same without a secret, for the browser to keep; `has`: the server has one, which stays unless another is typed again. */
export function withoutSecret(texts: Texts, has: boolean): Texts {
  if (texts.clientSecret === "" || texts.clientSecret === KEPT_SECRET) return texts;
  return { ...texts, clientSecret: has ? KEPT_SECRET : "" };
}

/** The settings as the form has them; `label`: what the button says where nobody said it. */
export function textsOf(settings: OpenIdAnswer | undefined, label: string): Texts {
  return {
    label: settings?.label ?? label,
    issuer: settings?.issuer ?? "",
    clientId: settings?.clientId ?? "",
    clientSecret: settings?.clientSecret ?? "",
    domains: settings?.allowedDomains.join(", ") ?? "",
    claim: settings?.roles.claim ?? "",
    values: settings?.roles.values.map(({ value, role }) => `${value} = ${role}`).join("\n") ?? "",
    otherwise: settings?.roles.otherwise ?? "",
    networks: settings?.networks.join(", ") ?? "",
  };
}

/** What is sent: the texts as settings. */
export function documentOf(texts: Texts, scope: string | undefined) {
  const { label, issuer, clientId, clientSecret } = texts;
  return {
    label,
    issuer: issuer.trim(),
    clientId: clientId.trim(),
    ...(clientSecret !== "" && { clientSecret }),
    ...(scope !== undefined && { scope }),
    allowedDomains: partsOf(texts.domains),
    roles: {
      claim: texts.claim.trim(),
      values: texts.values.split("\n").flatMap((line) => valueIn(line) ?? []),
      ...(isRole(texts.otherwise) && { otherwise: texts.otherwise }),
    },
    networks: partsOf(texts.networks),
  };
}

/** `pbx-admins = administrator`; undefined where a line is not like that. */
export function valueIn(line: string): { readonly value: string; readonly role: Role } | undefined {
  const [, value = "", role = ""] = /^\s*(.+?)\s*=\s*(\w+)\s*$/.exec(line) ?? [];
  return isRole(role) ? { value, role } : undefined;
}

function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

function partsOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}
