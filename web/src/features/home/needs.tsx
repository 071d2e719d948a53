import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Section } from "../../components/page.tsx";
import { useSaid } from "../../i18n/use-said.ts";
import { dayTime } from "../../lib/format.ts";
import style from "./home.module.css";
import { isRegistered, type LoadedOverview } from "./use-overview.ts";

const MOST = 6;
const DAY_MS = 86_400_000;

type Need = LoadedOverview["home"]["needsYou"][number];

const asked = (page: string, name: string | number | undefined): string =>
  `${page}?q=${encodeURIComponent(String(name ?? ""))}`;

const WHERE: Readonly<Record<Need["code"], (args: Need["args"]) => string>> = {
  trunkDown: ({ trunk }) => asked("/trunks", trunk),
  webhookFailing: ({ webhook }) => asked("/webhooks", webhook),
  numberWithoutPlan: ({ number }) => asked("/numbers", number),
  callsSideSilent: () => "/calls",
  weakPassword: ({ first }) => asked("/phones", first),
};

/** What somebody should look at, each with the way there. */
export function Needs({ overview }: { readonly overview: LoadedOverview }) {
  const { t } = useTranslation("home");
  const say = useSaid();
  const { home, phones, refusedCalls } = overview;
  const withoutPlan = home.numbers.all - home.numbers.withPlan;
  const needs = [
    ...home.needsYou.map(({ code, args, answer }) => ({
      key: `${code} ${Object.values(args).join(" ")}`,
      text: t(`needs.${code}`, answer === undefined ? args : { ...args, answer: say(answer) }),
      to: WHERE[code](args),
    })),
    ...phones
      .filter((phone) => !isRegistered(phone))
      .flatMap(({ extension, lastFailure }) =>
        lastFailure === undefined || overview.at - lastFailure.at > DAY_MS
          ? []
          : [
              {
                key: `phone ${extension}`,
                text: t("needs.login", {
                  extension,
                  time: dayTime(lastFailure.at),
                  reason: say({ ...lastFailure, text: lastFailure.reason }),
                }),
                to: `/phones?q=${extension}`,
              },
            ],
      ),
    ...(withoutPlan > 0
      ? [{ key: "numbers", text: t("needs.numbers", { count: withoutPlan }), to: "/numbers" }]
      : []),
    ...(refusedCalls > 0
      ? [
          {
            key: "refused",
            text: t("needs.refusedCalls", { count: refusedCalls }),
            to: "/calls?kind=stranger,registration",
          },
        ]
      : []),
  ].slice(0, MOST);
  return (
    <Section title={t("needs.title")}>
      {needs.length === 0 ? <p className={style["nothing"]}>{t("needs.nothing")}</p> : undefined}
      <ul className={style["needs"]}>
        {needs.map(({ key, text, to }) => (
          <li key={key}>
            <IconAlertTriangle size={18} stroke={1.6} aria-hidden="true" />
            <span>{text}</span>
            <Link to={to}>{t("needs.look")}</Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
