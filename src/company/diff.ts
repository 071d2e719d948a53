import type { Company } from "../model/company.ts";

/** What an apply changed, as a person reads it; secrets are compared but never shown. */
export function describeChanges(before: Company | undefined, after: Company): string[] {
  if (before === undefined) return [`first configuration: ${countEntries(after)}`];
  return [
    ...single("home", before.home, after.home),
    ...single("security", before.security, after.security),
    ...single("outbound", before.outbound, after.outbound),
    ...list("phone", before.phones, after.phones, (phone) => phone.extension),
    ...list("group", before.groups, after.groups, (group) => group.extension),
    ...list("trunk", before.trunks, after.trunks, (trunk) => trunk.name),
    ...list("audio message", before.audioMessages, after.audioMessages, (message) => message.name),
    ...list("webhook", before.webhooks, after.webhooks, (webhook) => webhook.name),
    ...list("plan", before.plans, after.plans, (plan) => plan.name),
    ...list("number", before.numbers, after.numbers, (number) => number.number),
  ];
}

function countEntries(company: Company): string {
  const amount = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
  return [
    amount(company.phones.length, "phone"),
    amount(company.groups.length, "group"),
    amount(company.trunks.length, "trunk"),
    amount(company.webhooks.length, "webhook"),
    amount(company.plans.length, "plan"),
    amount(company.numbers.length, "number"),
  ].join(", ");
}

function single(kind: string, before: unknown, after: unknown): string[] {
  return same(before, after) ? [] : [`${kind} changed`];
}

function list<Entry>(
  kind: string,
  before: readonly Entry[],
  after: readonly Entry[],
  nameOf: (entry: Entry) => string,
): string[] {
  const old = new Map(before.map((entry) => [nameOf(entry), entry]));
  const kept = new Set(after.map(nameOf));
  return [
    ...after.filter((entry) => !old.has(nameOf(entry))).map((entry) => `${kind} ${nameOf(entry)} added`),
    ...after
      .filter((entry) => old.has(nameOf(entry)) && !same(old.get(nameOf(entry)), entry))
      .map((entry) => `${kind} ${nameOf(entry)} changed`),
    ...before.filter((entry) => !kept.has(nameOf(entry))).map((entry) => `${kind} ${nameOf(entry)} removed`),
  ];
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with keys in one order, so that the order in a file is not a change. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ""
  );
}
