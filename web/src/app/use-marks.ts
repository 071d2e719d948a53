import { useTranslation } from "react-i18next";
import { useHome } from "../lib/home.ts";
import type { NavItem } from "./nav.ts";

/** What stands beside a place in the menu: a number of things that go on, or a dot for what needs somebody. */
export interface Mark {
  readonly count?: number;
  /** In words, for who does not see it. */
  readonly said: string;
}

/** What goes on now, and what needs attention, by place. */
export function useMarks(): (id: NavItem["id"]) => Mark | undefined {
  const { t } = useTranslation();
  const { data } = useHome();
  return (id) => {
    if (data === undefined) return undefined;
    const calls = data.callsNow ?? 0;
    if (id === "calls" && calls > 0) return { count: calls, said: t("nav.liveCalls", { count: calls }) };
    const needs = data.needsYou.filter(({ code }) => PLACES[code] === id);
    return needs.length === 0 ? undefined : { said: t("nav.attention") };
  };
}

type Need = NonNullable<ReturnType<typeof useHome>["data"]>["needsYou"][number]["code"];

const PLACES: Readonly<Record<Need, NavItem["id"]>> = {
  webhookFailing: "webhooks",
  numberWithoutPlan: "numbers",
  trunkDown: "trunks",
  callsSideSilent: "home",
  weakPassword: "phones",
};
