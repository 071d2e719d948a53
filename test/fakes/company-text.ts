/** A company file that can be applied as it is, without errors and with one warning; it plays what comes with the product. */
export const COMPANY_TEXT = `version: 1
home:
  country: NL
  timeZone: Europe/Amsterdam

security:
  webhookAllowedNetworks: ["127.0.0.0/8"]
  dialCountries: [NL, BE, DE]

phones:
  - { extension: "215", name: Reception, password: correct-horse }
  - { extension: "216", name: Andrew Garza, password: battery-staple }

groups:
  - { extension: "300", name: Sales, members: ["215", "216"], strategy: all }

trunks:
  - name: carrier
    kind: peer
    hosts: ["sip:127.0.0.1:5090;transport=udp"]
    acceptFrom: ["127.0.0.1/32"]
    numberFormat: e164Plus
    callerIdProfile: from
  - name: provider
    kind: registration
    hosts: ["sip:sip.example.com", "sips:[2001:db8::1]:5061;transport=tls"]
    credentials: { username: acct, password: trunk-secret }
    trusted: true
outbound:
  trunk: carrier

webhooks:
  - name: CRM
    description: Looks the caller up
    callerIdForwarding: caller
    urlTemplate: "http://hook:hook-secret@127.0.0.1:9000/route?did={did}&callerid={callerid}"
  - name: VIP code
    urlTemplate: "https://crm.example/vip?code={code}&callerid={callerid}"
    callerIdForwarding: called
    timeoutSeconds: 3
    ivr: { timeoutSeconds: 10, attempts: 3, startMessage: en/enter-code }

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
          - { type: callerName, mode: prepend, text: "CRM down: " }
          - { type: phone, phone: "215", ringSeconds: 20 }

numbers:
  - { number: "+31501234567", plan: main }
`;

/** The one warning about it, which webhook.md wants of every code in the URL of a GET request. */
export const COMPANY_WARNING = {
  severity: "warning",
  code: "oddTemplate",
  line: 38,
  column: 18,
  path: "webhooks[1].urlTemplate",
  message:
    "{code} travels in the URL: the digits end up in the receiver's access log. `method: POST` sends them in the body.",
} as const;

/** The same as one line about a file of this name, in which it stands so many lines further down. */
export function companyWarningLine(file: string, further = 0): string {
  const { severity, line, column, path, message } = COMPANY_WARNING;
  return `${file}:${line + further}:${column}: ${severity}: ${path}: ${message}`;
}

/** The same with audio messages of its own, of both kinds; `audio/enter-code.wav` is needed beside it. */
export const COMPANY_WITH_AUDIO_TEXT = COMPANY_TEXT.replace(
  "\nwebhooks:",
  `
audioMessages:
  - { name: enter-code, file: audio/enter-code.wav }
  - { name: wrong-code, text: "That code is not correct.", language: en }

webhooks:`,
).replace("en/enter-code", "enter-code, incorrectMessage: wrong-code");

/** How many lines that one is longer before its webhooks. */
export const LINES_OF_AUDIO = 4;
