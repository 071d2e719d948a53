import {
  type Icon,
  IconAddressBook,
  IconArrowsSplit,
  IconBolt,
  IconDoor,
  IconPassword,
  IconPhoneX,
  IconSpeakerphone,
} from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Page, PageHead, Section } from "../../../components/page.tsx";
import { useToast } from "../../../components/toast.tsx";
import { ahead } from "../../../lib/ahead.ts";
import { entityOptions } from "../../../lib/entities.ts";
import { useMayChange } from "../../../lib/session.ts";
import { Offer } from "../offer.tsx";
import { makeUse } from "./make-use.ts";
import style from "./uses.module.css";
import { PRACTICE_CODE, USES, type UseName } from "./uses.ts";

const ICONS: Readonly<Record<UseName, Icon>> = {
  callerName: IconAddressBook,
  routing: IconArrowsSplit,
  pin: IconPassword,
  campaign: IconSpeakerphone,
  missed: IconPhoneX,
  gate: IconDoor,
  hook: IconBolt,
};

/** What webhooks are for: each with one click that makes the webhook, its plan and a receiver to practise with. */
export function Component() {
  const { t } = useTranslation("webhooks");
  return (
    <Page
      width="form"
      head={<PageHead title={t("uses.title")} crumb={{ to: "/webhooks", label: t("title") }} />}
    >
      <p className={style["what"]}>{t("uses.what")}</p>
      {USES.map((use) => (
        <Use key={use} use={use} />
      ))}
    </Page>
  );
}

function Use({ use }: { readonly use: UseName }) {
  const { t } = useTranslation("webhooks");
  const may = useMayChange();
  const navigate = useNavigate();
  const client = useQueryClient();
  const toast = useToast();
  const making = useMutation({
    mutationFn: () => makeUse(use, t(`uses.${use}.name`)),
    // The page that follows is loaded while the server makes what it shows.
    onMutate: () => ahead("/webhooks/some"),
    onSuccess: (made) => {
      if (made === undefined) return;
      const { webhook, number } = made;
      client.setQueryData(entityOptions("webhook", webhook.id).queryKey, webhook);
      void client.invalidateQueries();
      toast({ text: number === undefined ? t("uses.madeWithoutNumber") : t("uses.made", { number }) });
      void navigate(`/webhooks/${encodeURIComponent(webhook.id)}`);
    },
  });
  const isNowhere = making.isSuccess && making.data === undefined;
  return (
    <Section title={t(`uses.${use}.title`)}>
      <Offer
        icon={ICONS[use]}
        text={t(`uses.${use}.what`, { code: PRACTICE_CODE })}
        button={t("uses.make", { name: t(`uses.${use}.name`) })}
        isBusy={making.isPending}
        isOff={!may}
        error={making.error}
        problem={isNowhere ? t("practice.noAddress") : undefined}
        onTake={() => making.mutate()}
      />
    </Section>
  );
}
