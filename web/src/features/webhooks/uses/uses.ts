import type { practiceRoutes } from "../../../../../src/api/contract/practice.ts";
import type { BodyGiven } from "../../../../../src/api/contract/route.ts";
import type { DocumentOf } from "../../../../../src/model/entities/kinds.ts";
import { firstPlan } from "../first-plan.ts";

type Webhook = DocumentOf<"webhook">;
type Plan = DocumentOf<"plan">;
type Steps = Plan["steps"];
type Reply = Required<BodyGiven<typeof practiceRoutes.reply>>;

/** The uses that a webhook was invented for; each is a folder of `examples/` too. */
export const USES = ["callerName", "routing", "pin", "campaign", "missed", "gate", "hook"] as const;
export type UseName = (typeof USES)[number];

/** What a use needs of the company that it is made in. */
interface Around {
  /** The webhook's name, which is the plan's as well. */
  readonly name: string;
  /** Of the practice receiver. */
  readonly address: string;
  /** Extensions, the first two of the company; there may be none. */
  readonly phones: readonly string[];
}

/** All that one click makes. */
export interface Made {
  readonly webhook: Webhook;
  readonly plan: Plan;
  /** What the practice receiver plays. */
  readonly reply: Reply;
}

/** Who "call it now" says that it is. */
const CALLER = "+31612345678";
/** The one code that the practice receiver knows. */
export const PRACTICE_CODE = "2580";

/** Webhook, plan and the practice receiver's part of a use. */
export function madeFor(use: UseName, around: Around): Made {
  return WRITERS[use](around);
}

const WRITERS: Readonly<Record<UseName, (around: Around) => Made>> = {
  callerName: ({ name, address, phones }) => ({
    webhook: webhook(name, `${address}?did={did}&callerid={callerid}`),
    plan: firstPlan(name, phones[0]),
    reply: practice("status=ACK&callername=Jansen+%26+Co"),
  }),
  routing: ({ name, address, phones: [first = "", second = first] }) => ({
    webhook: webhook(name, `${address}?did={did}&callerid={callerid}`),
    plan: firstPlan(name, first === "" ? undefined : first),
    reply: {
      ...practice(`status=ACK&destination=${second}`),
      when: [{ parameter: "callerid", value: CALLER, body: `status=ACK&destination=${first}` }],
    },
  }),
  pin: ({ name, address, phones }) => ({
    // By POST a code is in a form, and in no log.
    webhook: {
      ...webhook(name, address),
      method: "POST",
      ivr: {
        timeoutSeconds: 10,
        attempts: 3,
        startMessage: "en/enter-code",
        incorrectMessage: "en/wrong-code",
        timeoutMessage: "en/no-code",
      },
    },
    plan: plan(
      name,
      [
        { type: "callerName", mode: "webhook" },
        { type: "callerName", mode: "prepend", text: "VIP " },
        ...ring(phones),
      ],
      [{ type: "hangUp", as: "rejected" }],
    ),
    reply: {
      ...practice("status=NAK"),
      when: [{ parameter: "code", value: PRACTICE_CODE, body: "status=ACK&callername=Garza" }],
    },
  }),
  campaign: ({ name, address, phones }) => ({
    webhook: webhook(name, `${address}?did={did}&callerid={callerid}`),
    plan: plan(name, [{ type: "callerName", mode: "webhook" }, ...ring(phones)], ring(phones)),
    reply: practice("status=ACK&callername=Summer+campaign"),
  }),
  missed: ({ name, address, phones }) => ({
    webhook: { ...webhook(name, address), method: "POST", ignoreAnswer: true },
    plan: { name, steps: [...ring(phones), { type: "webhook", webhook: name, success: [], failed: [] }] },
    reply: practice("status=ACK"),
  }),
  gate: ({ name, address }) => ({
    webhook: webhook(name, `${address}?callerid={callerid}`),
    // Nobody answers, so the call costs nothing.
    plan: plan(name, [{ type: "hangUp", as: "busy" }], [{ type: "hangUp", as: "rejected" }]),
    reply: {
      ...practice("status=NAK"),
      when: [{ parameter: "callerid", value: CALLER, body: "status=ACK" }],
    },
  }),
  hook: ({ name, address, phones }) => ({
    webhook: {
      ...webhook(name, `${address}?did={did}&callerid={callerid}&callid={callid}`),
      ignoreAnswer: true,
    },
    plan: plan(name, ring(phones), ring(phones)),
    // As a catch hook answers: before it has run, and without a word about the call.
    reply: { ...practice('{"status":"success"}'), contentType: "application/json" },
  }),
};

function webhook(name: string, urlTemplate: string): Webhook {
  return {
    name,
    description: "",
    callerIdForwarding: "caller",
    urlTemplate,
    timeoutSeconds: 5,
    followRedirects: true,
  };
}

function plan(name: string, success: Steps, failed: Steps): Plan {
  return { name, steps: [{ type: "webhook", webhook: name, success, failed }] };
}

function ring([phone]: readonly string[]): Steps {
  return phone === undefined ? [] : [{ type: "phone", phone, ringSeconds: 20 }];
}

function practice(body: string): Reply {
  return { status: 200, contentType: "application/x-www-form-urlencoded", body, afterMs: 0, when: [] };
}
