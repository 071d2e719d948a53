import type { TFunction } from "i18next";
import { spans } from "../../../../src/model/spans.ts";
import type { Dutch } from "../../i18n/dutch.ts";
import { duration } from "../../lib/format.ts";
import { actors } from "./actors.ts";
import type { ShownCall } from "./shown-call.ts";

/** The call in a sentence or two; while it is up they say what is so now. */
export function headline(call: ShownCall, t: TFunction<"calls">, dutch: Dutch | undefined): string {
  const outcome = outcomeOf(call, t, dutch);
  const code = codes(call, t);
  return code === undefined
    ? outcome
    : t("headline.codeThen", { code, outcome: outcome.slice(0, 1).toLowerCase() + outcome.slice(1) });
}

function outcomeOf(call: ShownCall, t: TFunction<"calls">, dutch: Dutch | undefined): string {
  const all = spans(call);
  const talk = all.find((span) => span.kind === "talk");
  const rings = all.filter((span) => span.kind === "ringing");
  const who = (leg: string): string => {
    const actor = actors(call).find(({ key }) => key === leg);
    return [actor?.name ?? leg, actor?.detail].filter(Boolean).join(" ");
  };
  const isUp = call.result === "ongoing";
  if (talk !== undefined) {
    const ring = rings.find(({ leg }) => leg === talk.leg);
    const values = { who: who(talk.leg), ring: duration(talk.fromMs - (ring?.fromMs ?? talk.fromMs)) };
    if (talk.toMs === undefined || isUp) return t("headline.answeredUp", values);
    return t("headline.answered", { ...values, talk: duration(talk.toMs - talk.fromMs) });
  }
  const ringing = rings.find(({ toMs }) => toMs === undefined);
  if (isUp)
    return ringing === undefined ? t("headline.up") : t("headline.ringing", { who: who(ringing.leg) });
  const end = call.story.findLast((event) => event.type === "ended");
  const { said } = call;
  const whole = said && dutch?.inDutch(said.code, said.args);
  const reason = whole ?? (end && dutch?.endOf(end)) ?? call.reason;
  return reason.slice(0, 1).toUpperCase() + reason.slice(1) + (/[.!?]$/.test(reason) ? "" : ".");
}

/** What came of the codes that were typed; another webhook, which is asked without one, is no matter of theirs. */
function codes({ story }: ShownCall, t: TFunction<"calls">): string | undefined {
  let wrong = 0;
  let isForCode = false;
  let isRight = false;
  for (const event of story) {
    const code = event.type === "step" ? event.entry.code : undefined;
    if (code === "webhook.asks" || code === "webhook.asksWithCode") isForCode = code !== "webhook.asks";
    if (code === "webhook.successful" && isForCode) isRight = true;
    if (code !== "webhook.codeRefused") continue;
    wrong += 1;
    // What was right was another code, before this one.
    isRight = false;
  }
  if (!isRight) return wrong === 0 ? undefined : t("headline.wrongCodes", { count: wrong });
  return wrong === 0 ? t("headline.rightCode") : t("headline.rightCodeAfter", { count: wrong });
}
