import { IconSchool } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Editor } from "../../../lib/editor.ts";
import type { DocumentOf } from "../../../lib/entities.ts";
import style from "../offer.module.css";
import { Offer } from "../offer.tsx";
import { practiceIdIn, practiceTemplate, useNewReceiver } from "./practice.ts";

/** For who has no receiver yet: one on this server, put into the URL by a click; then the way to its page. */
export function PracticeLink({ editor }: { readonly editor: Editor<DocumentOf<"webhook">> }) {
  const { t } = useTranslation("webhooks");
  const { document, change } = editor.draft;
  const id = practiceIdIn(document.urlTemplate);
  const making = useNewReceiver();
  if (id !== undefined)
    return (
      <p className={style["offer"]}>
        <IconSchool size={18} stroke={1.6} aria-hidden="true" />
        <span>{t("practice.isUsed")}</span>
        <Link to={`/webhooks/practice/${id}`}>{t("practice.open")}</Link>
      </p>
    );
  if (document.urlTemplate !== "") return undefined;
  const isNowhere = making.data !== undefined && making.data.address === undefined;
  return (
    <Offer
      icon={IconSchool}
      text={t("practice.offer")}
      button={t("practice.use")}
      isBusy={making.isPending}
      error={making.error}
      problem={isNowhere ? t("practice.noAddress") : undefined}
      onTake={() =>
        making.mutate(undefined, {
          onSuccess: ({ address }) => {
            if (address !== undefined)
              change({ urlTemplate: practiceTemplate(address, document.ivr !== undefined) });
          },
        })
      }
    />
  );
}
