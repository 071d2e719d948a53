import { IconExternalLink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { PlayButton } from "../../../components/play-button.tsx";
import { usePlanView } from "../editor/view.ts";
import type { Things } from "../state/directory.ts";
import style from "./inspector.module.css";

const PAGES: Readonly<Record<string, { readonly page: string; readonly things: keyof Things }>> = {
  phone: { page: "/phones", things: "phones" },
  group: { page: "/groups", things: "groups" },
  webhook: { page: "/webhooks", things: "webhooks" },
  audioMessage: { page: "/audio", things: "audioMessages" },
  plan: { page: "/plans", things: "plans" },
};

/** The way to the thing that a step names. */
export function ReferenceAside({ kind, name }: { readonly kind: string; readonly name: string }) {
  const { t } = useTranslation("plans");
  const { things } = usePlanView();
  const place = PAGES[kind];
  const list = place === undefined ? undefined : things[place.things];
  const id = Array.isArray(list) ? (list as Things["phones"]).find(({ key }) => key === name)?.id : undefined;
  const play = kind === "audioMessage" && name !== "" ? <PlayButton name={name} /> : undefined;
  if (place === undefined || id === undefined) return play;
  return (
    <div className={style.aside}>
      {play}
      <Link to={`${place.page}/${id}`} className={style.open}>
        {t(`inspector.openThe.${kind}` as "inspector.open")}
        <IconExternalLink size={15} stroke={1.7} aria-hidden="true" />
      </Link>
    </div>
  );
}
