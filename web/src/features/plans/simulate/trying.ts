import { useMemo, useState } from "react";
import { referencesOf } from "../../../../../src/dialplan/references.ts";
import type { StepDocument } from "../../../../../src/dialplan/steps/registry.ts";
import { useEditorPiece, usePlanView } from "../editor/view.ts";
import { stepsOf } from "../tree/outline.ts";
import type { PhoneState, TriedCall, TypedReply } from "./run.ts";
import { STANDARD_REPLY } from "./run.ts";

/** What is typed to try a call. */
export interface CallForm {
  readonly did: string;
  readonly caller: string;
  readonly callerName: string;
  /** As a field of a date and a time has it; empty: now. */
  readonly at: string;
  readonly digits: string;
}

export interface Trying {
  readonly form: CallForm;
  readonly set: (part: Partial<CallForm>) => void;
  readonly call: TriedCall;
  /** Webhooks that the plan asks, by name. */
  readonly webhooks: readonly string[];
  reply(webhook: string): TypedReply;
  setReply(webhook: string, reply: TypedReply): void;
  /** Phones that the plan can ring, by extension, and outside numbers. */
  readonly phones: readonly string[];
  setPhone(party: string, state: PhoneState): void;
}

/** More than these are not asked about: they answer. */
const MOST_PARTIES = 24;

/** The call that is tried, and what everybody in it does; `from`: who calls, to begin with. */
export function useTrying(did: string, from = "+31612345678"): Trying {
  const { directory } = usePlanView();
  const laid = useEditorPiece((state) => state.laid);
  const [form, setForm] = useState<CallForm>({
    did: "",
    caller: from,
    callerName: "",
    at: "",
    digits: "",
  });
  const [replies, setReplies] = useState<ReadonlyMap<string, TypedReply>>(new Map());
  const [phones, setPhones] = useState<ReadonlyMap<string, PhoneState>>(new Map());
  const [opened] = useState(() => Date.now());
  const named = useMemo(() => {
    const webhooks = new Set<string>();
    const parties = new Set<string>();
    for (const { step } of stepsOf(laid.top)) {
      // One step at a time: those below it come by themselves.
      const own = Object.fromEntries(Object.entries(step).filter(([, value]) => !Array.isArray(value)));
      for (const { thing, name, weak } of referencesSafely(own)) {
        if (thing === "webhook") webhooks.add(name);
        if (thing === "phone" && weak !== true && directory.phones.has(name)) parties.add(name);
        for (const member of thing === "group" ? (directory.groups.get(name)?.members ?? []) : [])
          parties.add(member);
      }
    }
    return { webhooks: [...webhooks], phones: [...parties].slice(0, MOST_PARTIES) };
  }, [laid, directory]);
  const call = useMemo<TriedCall>(
    () => ({
      // Until one is chosen, the first of the numbers, which may come later than the page.
      did: form.did === "" ? did : form.did,
      caller: form.caller,
      callerName: form.callerName,
      at: form.at === "" ? opened : new Date(form.at).getTime(),
      digits: form.digits.split(/[\s,;]+/).map((typed) => typed.replace(/[^0-9*#]/g, "")),
      replies,
      phones,
    }),
    [form, replies, phones, opened, did],
  );
  return {
    form: { ...form, did: call.did },
    set: (part) => setForm((now) => ({ ...now, ...part })),
    call,
    webhooks: named.webhooks,
    phones: named.phones,
    reply: (webhook) => replies.get(webhook) ?? STANDARD_REPLY,
    setReply: (webhook, reply) => setReplies((now) => new Map(now).set(webhook, reply)),
    setPhone: (party, state) => setPhones((now) => new Map(now).set(party, state)),
  };
}

/** What a step names; nothing where its document has mistakes. */
function referencesSafely(step: Readonly<Record<string, unknown>>): ReturnType<typeof referencesOf> {
  try {
    return referencesOf([step as unknown as StepDocument]);
  } catch {
    return [];
  }
}
