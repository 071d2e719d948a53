import { Button, Modal, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EntitySelect } from "../../components/entity-select.tsx";
import { Refusal } from "../../components/refusal.tsx";
import { useToast } from "../../components/toast.tsx";
import { request } from "../../lib/api.ts";
import { useNumberingPlans } from "../../lib/phone-number.ts";
import { useSession } from "../../lib/session.ts";
import { addEach } from "./add-each.ts";
import style from "./numbers.module.css";
import { readNumber } from "./read-number.ts";

/** Many numbers at once, one a line. */
export function PasteNumbers({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation("numbers");
  const { t: shell } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const country = useSession()?.home?.country ?? "NL";
  const isReady = useNumberingPlans();
  const [text, setText] = useState("");
  const [plan, setPlan] = useState<string>();
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const read = isReady ? lines.map((line) => ({ line, number: readNumber(line, country) })) : [];
  const numbers = [...new Set(read.flatMap(({ number }) => (number === undefined ? [] : [number])))];
  const unreadable = read.filter(({ number }) => number === undefined);
  const adding = useMutation({
    mutationFn: () =>
      addEach(numbers, (number) =>
        request("POST", "/numbers", { body: plan === undefined ? { number } : { number, plan } }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["number"] }),
    onSuccess: ({ added, there, left, error }) => {
      const said = there === 0 ? t("added", { count: added }) : t("addedOf", { count: added, there });
      if (added + there > 0) toast({ text: said });
      if (error === undefined) return onClose();
      // What is done is taken out, so that what is left can be tried again.
      const todo = new Set(left);
      setText((now) =>
        now
          .split("\n")
          .filter((line) => isAmong(line, todo))
          .join("\n"),
      );
    },
  });
  const isAmong = (line: string, todo: ReadonlySet<string>): boolean => {
    const number = readNumber(line, country);
    return number === undefined || todo.has(number);
  };
  return (
    <Modal opened onClose={onClose} title={t("paste")} closeButtonProps={{ "aria-label": shell("do.close") }}>
      <div className={style["paste"]}>
        <Textarea
          data-autofocus
          label={t("title")}
          description={t("pasteHelp")}
          autosize
          minRows={6}
          maxRows={14}
          // What is typed meanwhile would go with the dialog.
          readOnly={adding.isPending}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {unreadable.slice(0, 5).map(({ line }) => (
          <p key={line} className={style["unreadable"]}>
            {t("unreadable", { text: line })}
          </p>
        ))}
        <EntitySelect kind="plan" label={t("plan")} value={plan} onChange={setPlan} />
        <Refusal error={adding.error ?? adding.data?.error ?? null} />
        <Button
          disabled={numbers.length === 0 || unreadable.length > 0}
          loading={adding.isPending}
          onClick={() => adding.mutate()}
        >
          {t("pasteDo", { count: numbers.length })}
        </Button>
      </div>
    </Modal>
  );
}
