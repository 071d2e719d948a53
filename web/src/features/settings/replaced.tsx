import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { restoreRoutes } from "../../../../src/api/contract/restore.ts";
import type { AnswerOf } from "../../../../src/api/contract/route.ts";
import { useToast } from "../../components/toast.tsx";
import { api } from "../../lib/api.ts";
import { dayTime, fileSize } from "../../lib/format.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import { AgreeForm } from "./restore-agree.tsx";
import style from "./settings.module.css";

type State = AnswerOf<typeof restoreRoutes.state>;

interface ReplacedProps {
  readonly before: NonNullable<State["before"]>;
  readonly onAgreed: (state: State) => void;
  readonly onDeleted: () => Promise<void>;
}

/** What the last restore has replaced: it can be gone back to, or deleted. */
export function Replaced({ before, onAgreed, onDeleted }: ReplacedProps) {
  const { t } = useTranslation("settings");
  const { t: shell } = useTranslation();
  const whyNot = useWhyNot();
  const toast = useToast();
  const [isGoingBack, setGoingBack] = useState(false);
  const deleting = useMutation({
    mutationFn: () => api<typeof restoreRoutes.forgetBefore>("restore.forgetBefore"),
    onSuccess: onDeleted,
    onError: (error) => toast({ text: whyNot(error), tone: "bad" }),
  });
  const { at, by, why, bytes, sentence } = before;
  return (
    <>
      <div className={style["row"]}>
        <span>
          {t(`restore.replaced.${why}`, { time: dayTime(at), by })}
          <small>
            {sentence ?? t("restore.keptBefore")} {fileSize(bytes)}
          </small>
        </span>
        <Button variant="default" onClick={() => setGoingBack(!isGoingBack)}>
          {isGoingBack ? shell("do.cancel") : t("restore.back")}
        </Button>
        <Button
          variant="default"
          loading={deleting.isPending}
          onClick={() => {
            if (globalThis.confirm(t("restore.deleteAsk"))) deleting.mutate();
          }}
        >
          {t("restore.delete")}
        </Button>
      </div>
      {isGoingBack ? (
        <AgreeForm route="restore.back" label={t("restore.back")} onDone={onAgreed} />
      ) : undefined}
    </>
  );
}
