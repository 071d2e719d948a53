import { Button } from "@mantine/core";
import { IconSchool } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ProblemList } from "../../../components/problem-list.tsx";
import type { Editor } from "../../../lib/editor.ts";
import type { DocumentOf } from "../../../lib/entities.ts";
import { practiceIdIn, practiceTemplate, useNewReceiver } from "./practice.ts";
import style from "./practice-link.module.css";

/** For who has no receiver yet: one on this server, put into the URL by a click; then the way to its page. */
export function PracticeLink({ editor }: { readonly editor: Editor<DocumentOf<"webhook">> }) {
  const { t } = useTranslation("webhooks");
  const { document, change } = editor.draft;
  const id = practiceIdIn(document.urlTemplate);
  const making = useNewReceiver();
  if (id !== undefined)
    return (
      <p className={style["practice"]}>
        <IconSchool size={18} stroke={1.6} aria-hidden="true" />
        <span>{t("practice.isUsed")}</span>
        <Link to={`/webhooks/practice/${id}`}>{t("practice.open")}</Link>
      </p>
    );
  if (document.urlTemplate !== "") return undefined;
  return (
    <div className={style["practice"]}>
      <IconSchool size={18} stroke={1.6} aria-hidden="true" />
      <span>{t("practice.offer")}</span>
      <Button
        variant="default"
        size="xs"
        loading={making.isPending}
        onClick={() =>
          making.mutate(undefined, {
            onSuccess: ({ address }) => {
              if (address !== undefined)
                change({ urlTemplate: practiceTemplate(address, document.ivr !== undefined) });
            },
          })
        }
      >
        {t("practice.use")}
      </Button>
      {making.error === null &&
      (making.data === undefined || making.data.address !== undefined) ? undefined : (
        <ProblemList
          problems={[
            { pointer: "", code: "refused", message: making.error?.message ?? t("practice.noAddress") },
          ]}
        />
      )}
    </div>
  );
}
