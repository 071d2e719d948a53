import type { Directory } from "../dialplan/directory.ts";
import type { Company } from "./company.ts";

/** What plans may refer to, taken from a company document. */
export function companyDirectory(company: Company): Directory {
  return {
    home: company.home,
    security: company.security,
    phones: new Map(company.phones.map((phone) => [phone.extension, phone])),
    groups: new Map(company.groups.map((group) => [group.extension, group])),
    webhooks: new Map(company.webhooks.map((webhook) => [webhook.name, webhook])),
  };
}
