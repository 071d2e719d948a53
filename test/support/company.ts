// Companies for tests against the real server: two phones, a group, a trunk that calls and one that is called.

export const PASSWORD = "correct-horse-215";

export interface CompanyParts {
  /** Where calls from outside come from. */
  readonly caller: string;
  /** More addresses of the same trunk. */
  readonly moreCallers?: readonly string[];
  /** Extensions beside 215 and 216. */
  readonly morePhones?: readonly string[];
  /** Extensions whose sound passes through us. */
  readonly anchored?: readonly string[];
  /** Extensions that insist on sound that goes directly. */
  readonly passThrough?: readonly string[];
  /** Where calls to the outside go; the caller's address when left out. */
  readonly carrier?: string;
  readonly callerIdProfile?: "from" | "pAssertedIdentity" | "remotePartyId";
  readonly trusted?: boolean;
  readonly numberFormat?: "e164Plus" | "e164" | "national";
  /** 0: the trunk is never asked whether it is there. */
  readonly probeSeconds?: number;
  /** Keys of `security.outsideCalls`, in YAML flow style; more than any test needs when left out. */
  readonly outsideCalls?: string;
  /** `http://127.0.0.1:port`, of webhook CRM: `/?did=…&callerid=…&callername=…`. */
  readonly receiver?: string;
  /** Entries of `webhooks`; each line starts with two spaces and a dash. */
  readonly webhooks?: readonly string[];
  /** Numbers, each with the steps of a plan of its own; each step is YAML in one line. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
}

/** A test makes in seconds what an office makes in a day. */
const MANY_OUTSIDE_CALLS = "perPhone: 1000, perCompany: 1000, newPerMinute: 10000";

const QUERY = "did={did}&callerid={callerid}&callername={callername}";

/** A company file. Phones 215 and 216 have `PASSWORD`; group 300 rings both. */
export function companyText(parts: CompanyParts): string {
  const { caller, carrier = caller, receiver } = parts;
  const accepted = new Set([caller, ...(parts.moreCallers ?? []), carrier]);
  const phone = (extension: string, name: string): string => {
    const policy = (["anchored", "passThrough"] as const).find((name) => parts[name]?.includes(extension));
    const media = policy === undefined ? "" : `, media: ${policy}`;
    return `  - { extension: "${extension}", name: ${name}, password: ${PASSWORD}${media} }`;
  };
  const routes = Object.entries(parts.routes);
  const planOf = (did: string): string => `for-${did.slice(1)}`;
  const webhooks = [...(receiver === undefined ? [] : [webhook("CRM", receiver)]), ...(parts.webhooks ?? [])];
  return [
    "version: 1",
    "home: { country: NL, timeZone: Europe/Amsterdam }",
    "security:",
    '  webhookAllowedNetworks: ["127.0.0.0/8"]',
    "  dialCountries: [NL, BE, DE]",
    `  outsideCalls: { ${parts.outsideCalls ?? MANY_OUTSIDE_CALLS} }`,
    "phones:",
    phone("215", "Reception"),
    phone("216", "Andrew Garza"),
    ...(parts.morePhones ?? []).map((extension) => phone(extension, `Desk ${extension}`)),
    "groups:",
    '  - { extension: "300", name: Sales, members: ["215", "216"], strategy: all }',
    "trunks:",
    "  - name: carrier",
    "    kind: peer",
    `    hosts: ["sip:${carrier}:5060;transport=udp"]`,
    `    acceptFrom: [${Array.from(accepted, (address) => `"${address}/${address.includes(":") ? 128 : 32}"`).join(", ")}]`,
    `    numberFormat: ${parts.numberFormat ?? "e164Plus"}`,
    `    callerIdProfile: ${parts.callerIdProfile ?? "from"}`,
    `    trusted: ${parts.trusted ?? false}`,
    ...(parts.probeSeconds === undefined ? [] : [`    probeSeconds: ${parts.probeSeconds}`]),
    "outbound: { trunk: carrier }",
    ...(webhooks.length === 0 ? [] : ["webhooks:", ...webhooks]),
    "plans:",
    ...routes.flatMap(([did, steps]) => [
      `  - name: ${planOf(did)}`,
      "    steps:",
      ...steps.map((step) => `      - ${step}`),
    ]),
    "numbers:",
    ...routes.map(([did]) => `  - { number: "${did}", plan: ${planOf(did)} }`),
    "",
  ].join("\n");
}

/** An entry of `webhooks`. */
export function webhook(name: string, address: string, more = ""): string {
  return `  - { name: ${name}, urlTemplate: "${address}/?${QUERY}"${more} }`;
}

/** An entry of `webhooks` that asks for a code, in English: `/?code=…&did=…`; `ivr` is more of its `ivr` block. */
export function codeWebhook(name: string, address: string, ivr = "", more = ""): string {
  const messages = "startMessage: en/enter-code, incorrectMessage: en/wrong-code, timeoutMessage: en/no-code";
  const url = `${address}/?code={code}&${QUERY}`;
  return `  - { name: ${name}, urlTemplate: "${url}", ivr: { ${messages}${ivr} }${more} }`;
}

const REJECT: readonly string[] = ["{ type: hangUp, as: rejected }"];

/** A webhook step with its two branches; the call is rejected where the failed one is left out. */
export function webhookStep(name: string, success: readonly string[], failed = REJECT): string {
  const branch = (steps: readonly string[]): string => `[${steps.join(", ")}]`;
  return `{ type: webhook, webhook: ${name}, success: ${branch(success)}, failed: ${branch(failed)} }`;
}

/** A step that rings a phone. */
export function ringPhone(extension: string, ringSeconds = 20): string {
  return `{ type: phone, phone: "${extension}", ringSeconds: ${ringSeconds} }`;
}
