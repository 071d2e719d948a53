import { applyAnswer } from "../../src/api/contract/company.ts";
import type { Command } from "../../src/dialplan/command.ts";
import { compile } from "../../src/dialplan/compile.ts";
import type { E164 } from "../../src/dialplan/number.ts";
import type { Outcome, RingResult } from "../../src/dialplan/outcome.ts";
import type { Plan } from "../../src/dialplan/plan.ts";
import { expandTemplate, parseTemplate } from "../../src/dialplan/template.ts";
import { begin, resume } from "../../src/dialplan/walk.ts";
import { cleanDisplayName } from "../../src/lib/display-name.ts";
import { type Company, companySchema } from "../../src/model/company.ts";
import { checkCompany, companyAround } from "../../src/model/company-checks.ts";

import { decodeTrace, encodeTrace } from "../../src/model/trace-bytes.ts";
import { readReply } from "../../src/webhook/reply/read-reply.ts";

const HOOK = {
  callerIdForwarding: "caller",
  urlTemplate: "https://crm.example/r?n={callername}&c={callerid}",
};
const COMPANY = {
  version: 1,
  home: { country: "NL", timeZone: "Europe/Amsterdam" },
  security: { dialCountries: ["NL", "BE"] },
  phones: [
    { extension: "215", name: "Reception", password: "correct-horse" },
    { extension: "216", name: "Zoë", password: "battery-staple" },
  ],
  groups: [{ extension: "300", name: "Sales", members: ["215", "216"], strategy: "all" }],
  webhooks: [
    { name: "CRM", ...HOOK },
    {
      name: "VIP",
      ...HOOK,
      urlTemplate: "https://crm.example/vip?code={code}",
      ivr: { timeoutSeconds: 10, attempts: 2, startMessage: "en/enter-code" },
    },
  ],
  plans: [
    {
      name: "main",
      steps: [
        { type: "phone", phone: "215", ringSeconds: 10 },
        {
          type: "webhook",
          webhook: "CRM",
          success: [
            { type: "callerName", mode: "webhook" },
            { type: "callerName", mode: "prepend", text: "VIP " },
            { type: "variableDestination", ringSeconds: 20 },
            { type: "group", group: "300", ringSeconds: 20 },
          ],
          failed: [
            {
              type: "webhook",
              webhook: "VIP",
              success: [{ type: "fixedDestination", number: "020 123 4567", ringSeconds: 20 }],
              failed: [
                { type: "audio", message: "en/goodbye" },
                { type: "hangUp", as: "busy" },
              ],
            },
          ],
        },
      ],
    },
  ],
};

/** Replies as octets: what a browser decodes must be what Node decodes. */
const REPLIES: readonly (readonly [text: string, status: number])[] = [
  ["status=ACK&destination=%2B31502102544&callername=Zo%C3%AB+%26+Co", 200],
  ["status=ACK&destination=+31502102544&callername=A & B", 200],
  ['{"status":"ACK","destination":"216","callername":"B\u00e4cker"}', 200],
  ["status=ACK&destination=0900123456", 200],
  ["status=ACK&callername=X&destination=%2B31612345999&status=NAK", 200],
  ["status=ACK&callername=\u00c4\u0081\ufffd&destination=00 32 2 123 45 67", 200],
  ["status=NAK", 403],
  ["<html>", 200],
  ["status=ja", 200],
  ["", 500],
];
const RINGS: readonly RingResult[] = ["timeout", "busy", "unavailable", "answered"];
const FACTS = {
  callId: "4bf92f3577b34da6a3ce929d0e0e4736",
  did: "+31501234567" as E164,
  caller: { kind: "external", number: "+31201234567" as E164 },
  callerName: cleanDisplayName("X&destination=%2B31612345999"),
} as const;

/** Reads a company, compiles its plans and walks calls through them; all that was decided, as JSON. */
export function walkCalls(): string {
  const company = companySchema.parse(COMPANY);
  const known = companyAround(company).directory;
  const plans = new Map<string, Plan>();
  for (const document of company.plans) {
    const compiled = compile(document, known);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
    plans.set(document.name, compiled.value);
  }
  const directory = { ...known, plans };
  const plan = plans.get("main");
  if (plan === undefined) throw new Error("there is no plan main");
  const calls = REPLIES.map((_reply, index) => {
    let turn = begin(plan, FACTS, { directory, now: 0 });
    const decided: unknown[] = [];
    for (let taken = 0; ; taken += 1) {
      const { command, trace } = turn;
      const told = trace.map(({ step, label, code, text, args }) => ({ step, label, code, text, args }));
      decided.push({ command, told });
      if (command.type === "hangUp" || command.type === "connected") return decided;
      turn = resume(plan, turn.walk, outcomeOf(command, index + taken, company), {
        directory,
        now: taken,
      });
    }
  });
  const story = [{ atMs: 1, type: "note", leg: "A", text: "Zoë 📞 rings" }] as const;
  const message = {
    atMs: 2,
    leg: "A",
    direction: "in",
    peer: "udp:127.0.0.1:5060",
    text: "INVITE é",
  } as const;
  return JSON.stringify({
    calls,
    problems: checkCompany({ ...company, numbers: [] }),
    faults: companySchema.safeParse({ ...COMPANY, home: { country: "XX" } }).error?.issues,
    trace: decodeTrace(encodeTrace({ story: [...story], sip: [message] })),
    contract: applyAnswer.safeParse({}).success,
  });
}

function outcomeOf(command: Command, at: number, company: Company): Outcome {
  if (command.type === "ring")
    return { type: "rang", result: RINGS[at % RINGS.length] ?? "timeout", status: 0, detail: "" };
  if (command.type === "play") return { type: "played" };
  if (command.type === "collect")
    return { type: "collected", digits: at % 3 === 0 ? "" : "1234", ended: "hash" };
  if (command.type !== "request") throw new Error(`${command.type} is not performed here`);
  const { webhook, values } = command;
  const template = parseTemplate(company.webhooks.find(({ name }) => name === webhook)?.urlTemplate ?? "");
  if (!template.ok) throw new Error(JSON.stringify(template.error));
  const [text = "", status = 200] = REPLIES[at % REPLIES.length] ?? [];
  const read = readReply({ status, body: new TextEncoder().encode(text) }, values);
  const url = expandTemplate(template.value, values).masked;
  return { type: "replied", result: { ...read, status, url, elapsedMs: 12, excerpt: text } };
}
