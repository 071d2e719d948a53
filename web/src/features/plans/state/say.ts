import type { TFunction } from "i18next";
import { FORMS, faceOf } from "../kinds/faces.ts";
import type { Refusal } from "../tree/refusal.ts";
import type { Announcement } from "./editor.ts";

/** What a person chooses a kind of step by. */
export function kindName(t: TFunction<"plans">, type: string): string {
  const title = FORMS.find((form) => form.type === type)?.title ?? type;
  return t(`add.name.${type}` as "add.name.phone", { defaultValue: title });
}

export function kindHint(t: TFunction<"plans">, type: string): string {
  const help = FORMS.find((form) => form.type === type)?.help ?? "";
  return t(`add.hint.${type}` as "add.hint.phone", { defaultValue: help });
}

/** Why a step cannot stand somewhere, as a sentence. */
export function refusalText(t: TFunction<"plans">, why: Refusal): string {
  switch (why.code) {
    case "needs":
      return t(`refusal.needs.${why.gift}`, { step: kindName(t, why.type) });
    case "tooDeep":
    case "tooManySteps":
      return t(`refusal.${why.code}`, { most: why.most });
    case "afterLast":
    case "afterEnd":
    case "mustBeLast":
    case "hidesRest":
      return t(`refusal.${why.code}`, { step: kindName(t, faceOf(why.type).type) });
    default:
      return t(`refusal.${why.code}`);
  }
}

/** What was done, for who does not see it. */
export function announcementText(t: TFunction<"plans">, said: Announcement): string {
  switch (said.code) {
    case "moved":
      return t("said.moved", { from: said.from, to: said.to });
    case "refused":
      return refusalText(t, said.why);
    case "undone":
    case "redone":
    case "nowhere":
    case "notSteps":
      return t(`said.${said.code}`);
    default:
      return t(`said.${said.code}`, { number: said.number });
  }
}
