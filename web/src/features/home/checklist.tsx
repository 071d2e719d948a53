import { IconCircle, IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Section } from "../../components/page.tsx";
import style from "./home.module.css";
import { isRegistered, type LoadedOverview } from "./use-overview.ts";

/** The first steps with a new switchboard; ticks come from what there is. Gone when all is done. */
export function Checklist({ overview }: { readonly overview: LoadedOverview }) {
  const { t } = useTranslation("home");
  const steps = [
    { id: "webhook", to: "/webhooks/new", done: overview.home.webhooks.length > 0 },
    { id: "number", to: "/numbers/new", done: overview.home.numbers.withPlan > 0 },
    {
      id: "phone",
      to: overview.phones.length > 0 ? "/phones" : "/phones/new",
      done: overview.phones.some(isRegistered),
    },
    { id: "call", to: "/?call=1", done: overview.last.length > 0 },
  ] as const;
  if (steps.every(({ done }) => done)) return undefined;
  return (
    <Section title={t("steps.title")}>
      <ol className={style["steps"]}>
        {steps.map(({ id, to, done }) => {
          const Glyph = done ? IconCircleCheck : IconCircle;
          return (
            <li key={id} data-done={done}>
              <Link to={to} data-row="">
                <Glyph size={22} stroke={1.6} aria-hidden="true" />
                <span>
                  <strong>{t(`steps.${id}`)}</strong>
                  <small>{t(`steps.${id}What`)}</small>
                </span>
                <em>{done ? t("steps.done") : t("steps.open")}</em>
              </Link>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}
