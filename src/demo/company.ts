/** What the demo is made of, chosen when it starts: ports that are free, passwords that nobody knows. */
export interface DemoChoices {
  /** Where the test caller sends from, so that it is the company's trunk. */
  readonly trunkPort: number;
  /** `http://127.0.0.1:41234`. */
  readonly receiver: string;
  readonly passwords: { readonly reception: string; readonly sales: string };
}

export const demoNumbers = {
  /** The CRM knows this caller: name and destination come from the webhook. */
  crm: "+31501234567",
  /** A campaign number: everything rings sales. */
  campaign: "+31501234568",
  /** The CRM says NAK: the call takes the failure branch. */
  unknown: "+31501234569",
  /** Asks for a PIN code. */
  vip: "+31501234570",
} as const;

/** The one PIN code that the demo's receiver accepts. */
export const demoCode = "2580";

/** What the demo's receiver knows by called number. */
const replies: ReadonlyMap<string, string> = new Map([
  [demoNumbers.crm, "status=ACK&destination=215&callername=VoysPartners"],
  [demoNumbers.campaign, "status=ACK&callername=Summer+campaign"],
  [demoNumbers.unknown, "status=NAK"],
]);

/** The reply of the demo's receiver to a request target: of its CRM by called number, of its vault by code. */
export function demoReply(target: string): string {
  const { pathname, searchParams } = new URL(target, "http://receiver.invalid");
  if (pathname === "/vip") {
    return searchParams.get("code") === demoCode ? "status=ACK&callername=VIP" : "status=NAK";
  }
  return replies.get(searchParams.get("did") ?? "") ?? "status=NAK";
}

/** The ports that a demo company of before was written with. */
export function portsOf(company: string): { readonly trunk?: number; readonly receiver?: number } {
  const trunk = /"sip:127\.0\.0\.1:(\d+);/.exec(company)?.[1];
  const receiver = /"http:\/\/127\.0\.0\.1:(\d+)\/route/.exec(company)?.[1];
  return {
    ...(trunk === undefined ? {} : { trunk: Number(trunk) }),
    ...(receiver === undefined ? {} : { receiver: Number(receiver) }),
  };
}

/** The demo company as a company file, in the shape of docs/reference. */
export function demoCompany(choices: DemoChoices): string {
  return `# The demo company. Change it, then: npx switchhook apply FILE
version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
security:
  webhookAllowedNetworks: ["127.0.0.0/8"]
  dialCountries: [NL, BE, DE]
phones:
  - { extension: "215", name: Reception, password: "${choices.passwords.reception}" }
  - { extension: "216", name: Sales, password: "${choices.passwords.sales}" }
groups:
  - { extension: "300", name: Everybody, members: ["215", "216"], strategy: all }
trunks:
  - name: test caller
    kind: peer
    hosts: ["sip:127.0.0.1:${choices.trunkPort};transport=udp"]
    acceptFrom: ["127.0.0.1/32"]
    numberFormat: e164Plus
    callerIdProfile: from
    probeSeconds: 0 # the caller is there while it calls: nobody to ask in between
outbound:
  trunk: test caller
webhooks:
  - name: CRM
    description: Looks the caller up; answered by the demo's own receiver
    urlTemplate: "${choices.receiver}/route?did={did}&callerid={callerid}&callername={callername}"
  - name: VIP code
    description: Lets those in who know the code, ${demoCode}
    urlTemplate: "${choices.receiver}/vip?code={code}&callerid={callerid}"
    ivr:
      timeoutSeconds: 10
      attempts: 3
      startMessage: en/enter-code
      incorrectMessage: en/wrong-code
      timeoutMessage: en/no-code
plans:
  - name: main
    steps:
      - type: webhook
        webhook: CRM
        success:
          - { type: callerName, mode: webhook }
          - { type: variableDestination, ringSeconds: 20 }
          - { type: group, group: "300", ringSeconds: 20 }
        failed:
          - { type: callerName, mode: prepend, text: "Unknown: " }
          - { type: phone, phone: "215", ringSeconds: 20 }
  - name: vip
    steps:
      - type: webhook
        webhook: VIP code
        success:
          - { type: callerName, mode: webhook }
          - { type: phone, phone: "215", ringSeconds: 20 }
        failed:
          - { type: hangUp, as: rejected }
numbers:
  - { number: "${demoNumbers.crm}", plan: main }
  - { number: "${demoNumbers.campaign}", plan: main }
  - { number: "${demoNumbers.unknown}", plan: main }
  - { number: "${demoNumbers.vip}", plan: vip }
`;
}
