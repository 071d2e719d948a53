import type { IncomingMessage, ServerResponse } from "node:http";
import { codeWebhook, companyText, PASSWORD, ringPhone, webhookStep } from "../../support/company.ts";

/** What is planted; the name says where. The API token and a line of the TLS key are made by the server's start. */
export const CANARY = {
  phone: "cnry-Phone.Pw-01",
  otherPhone: "cnry Phone&Pw=02/é",
  trunk: "cnryTrunkPw~03+x",
  urlPassword: "cnryUrlPassw0rd04",
  urlKey: "cnry-key-05-of-url",
  urlPath: "cn7y0P6a5t4h3R2a1n0d6",
  urlUser: "cnryUserAlone07",
  typedCode: "804739",
  wrongPassword: "cnryWrongGuess09",
  callerUri: "cnryCallerUri10",
  contactUri: "cnryContactUri11",
  basic: "cnryBasicCreds12",
  bearer: "cnryBearerToken13",
  mistakenPassword: "cnryMistaken14",
  numberPassword: "9150738264",
  cutPassword: "cnryCutAtComma15",
  tagPassword: "cnryTagOrAlias16",
  templatePassword: "cnryTemplate17",
  lostColon: "cnryLostColon18",
  soundKey: "cnrySoundKey19AAAAAAAAAAAAAAAAAAAAAAAAAA",
  described: "cnryDescribed20x",
  wrongToken: "cnryWrongToken21",
  userPassword: "cnryUserPw22 of one",
  guessedPassword: "cnryGuessed23",
  nameThatIsAPassword: "cnryTypedAsName24",
  clientSecret: "cnryClientSecret25",
};
/** Not secret: what is searched with has to find it where it belongs, or finding nothing means nothing. */
export const CONTROL = "Cnryname Control";

/** Numbers of the company, by what answers there. */
export const ROUTES = {
  echo: "+31501234567",
  code: "+31501234568",
  phone: "+31501234569",
  error: "+31501234570",
};

/** Where the parties of the test are. */
export interface Places {
  readonly caller: string;
  readonly provider: string;
  /** `http://127.0.0.1:9000`. */
  readonly receiver: string;
}

/** The company file, with a canary in every place for a secret. */
export function companyFile({ caller, provider, receiver }: Places): string {
  const address = receiver.replace("http://", "");
  const encoded = encodeURIComponent;
  const url = `http://jan:${encoded(CANARY.urlPassword)}@${address}/${CANARY.urlPath}/r?key=${encoded(CANARY.urlKey)}&did={did}`;
  const text = companyText({
    caller,
    routes: {
      [ROUTES.echo]: [webhookStep("CRM", [ringPhone("216", 1)], [ringPhone("216", 1)])],
      [ROUTES.code]: [webhookStep("Gate", [ringPhone("216", 1)])],
      [ROUTES.phone]: [ringPhone("215", 5)],
      [ROUTES.error]: [webhookStep("Broken", [ringPhone("216", 1)], [ringPhone("216", 1)])],
    },
    webhooks: [
      `  - { name: CRM, description: "the key is ${CANARY.described} or ${CANARY.urlKey}", urlTemplate: "${url}" }`,
      codeWebhook("Gate", receiver, ", codeLength: 6, attempts: 1").replace(
        "http://",
        `http://${CANARY.urlUser}@`,
      ),
      `  - { name: Broken, urlTemplate: "${url.replace("/r?", "/error?")}" }`,
    ],
  });
  // The described one is a secret because it is a password, too.
  return text
    .replace(PASSWORD, JSON.stringify(CANARY.phone))
    .replace(PASSWORD, JSON.stringify(CANARY.otherPhone))
    .replace(
      "groups:",
      [
        `  - { extension: "217", name: ${CONTROL}, password: ${CANARY.described} }`,
        `  - { extension: "218", name: Wrong, password: ${PASSWORD} }`,
        "groups:",
      ].join("\n"),
    )
    .replace(
      "outbound:",
      [
        "  - name: provider",
        "    kind: registration",
        `    hosts: ["sip:${provider}:5060;transport=udp"]`,
        `    credentials: { username: office, password: "${CANARY.trunk}" }`,
        "outbound:",
      ].join("\n"),
    );
}

/** Writes back whatever it was sent, in an encoding that changes from request to request: this is the `nth`. */
export function echo(
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  nth: number,
): void {
  const basic = request.headers.authorization?.slice(6) ?? "";
  const whole = [
    `${request.url}`,
    ...query.values(),
    basic,
    Buffer.from(basic, "base64").toString(),
    CANARY.phone,
    CANARY.otherPhone,
    CANARY.trunk,
  ].join(" ");
  const encodings: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => Buffer.from(text).toString("base64"),
    (text) => Buffer.from(text).toString("base64url"),
    (text) => Buffer.from(text).toString("hex"),
    encodeURIComponent,
    (text) => encodeURIComponent(encodeURIComponent(text)),
    (text) => JSON.stringify(text),
    (text) => Buffer.from(text).toString("hex").replace(/../g, "%$&"),
  ];
  const encode = encodings[nth % encodings.length] ?? String;
  if (request.url?.includes("/error?") === true) {
    response.statusCode = 500;
    response.end(`<html><title>${encode(whole)}</title><pre>${whole}</pre></html>`);
    return;
  }
  // A short one too: an excerpt has 512 characters, and all of it is to be looked at.
  const code = query.get("code") ?? "";
  response.end(
    code === "" ? `status=ERR&x=${encode(whole)}` : `status=NAK&x=${encode(code)} ${encode(` ${code}`)}`,
  );
}

const MISTAKES: readonly (readonly [what: string, password: string])[] = [
  ["too short elsewhere", `"${CANARY.mistakenPassword}", media: ${CANARY.mistakenPassword}`],
  ["a number", CANARY.numberPassword],
  ["a list", `[${CANARY.mistakenPassword}]`],
  ["a map", `{ ${CANARY.mistakenPassword}: 1 }`],
  ["cut at its comma", `short,${CANARY.cutPassword}`],
  ["cut at its comma and blank", `long-enough, ${CANARY.cutPassword}`],
  ["a tag", `!${CANARY.tagPassword} x`],
  ["an alias", `*${CANARY.tagPassword}`],
  ["an anchor twice", `&a &${CANARY.tagPassword} x`],
  ["an escape", `"${CANARY.tagPassword}\\q"`],
  ["a quote inside", `"x" ${CANARY.tagPassword}`],
  ["never ended", `"${CANARY.tagPassword}`],
  ["a block", `|${CANARY.tagPassword}`],
  ["contains the extension", `"215${CANARY.mistakenPassword}", media: nonsense`],
];
const PHONE_LINES: readonly (readonly [what: string, line: string])[] = [
  ...MISTAKES.map(
    ([what, password]) => [what, `  - { extension: "215", name: A, password: ${password} }`] as const,
  ),
  ["without its colon", `  - { extension: "215", name: A, password ${CANARY.lostColon} }`],
  ["with its colon stuck", `  - { extension: "215", name: A, password:${CANARY.lostColon} }`],
  ["as a block without blank", `  - extension: "215"\n    name: A\n    password:${CANARY.lostColon}`],
];
const TEMPLATES: readonly string[] = [
  `http://user:pa/${CANARY.templatePassword}@crm.example/x`,
  `http://user:${CANARY.templatePassword}?x@crm.example/x`,
  `http://user:${CANARY.templatePassword}#@crm.example/x`,
  `http://user:{${CANARY.templatePassword}}@crm.example/x`,
  `http://user:%${CANARY.templatePassword}@crm.example/x`,
  `http://user:${CANARY.templatePassword} x@crm.example/x`,
  `user:${CANARY.templatePassword}@http://crm.example/x`,
  `http://crm.example/?key={${CANARY.templatePassword}}`,
  `http://crm.example/?token=%zz${CANARY.templatePassword}`,
  `http://:${CANARY.templatePassword}@/x`,
];

/** Company files with a mistake beside a secret. */
export function mistakenFiles(): readonly string[] {
  const head = "version: 1\nhome: { country: NL, timeZone: Europe/Amsterdam }\n";
  return [
    ...PHONE_LINES.map(([, line]) => `${head}phones:\n${line}\n`),
    ...TEMPLATES.map((url) => `${head}webhooks:\n  - { name: W, urlTemplate: "${url}" }\n`),
  ];
}
