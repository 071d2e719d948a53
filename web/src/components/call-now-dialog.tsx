import { Button, Modal, NumberInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { callRoutes } from "../../../src/api/contract/calls.ts";
import { ahead } from "../lib/ahead.ts";
import { allOptions } from "../lib/all-entities.ts";
import { api } from "../lib/api.ts";
import type { DocumentOf } from "../lib/entities.ts";
import { type DialogProps, useOpenOnceThere } from "../lib/later.ts";
import { useWrittenNumber } from "../lib/phone-number.ts";
import { useWhyNot } from "../lib/use-why-not.ts";
import style from "./call-now.module.css";
import { ProblemList } from "./problem-list.tsx";

/** What can be called from a page. */
export interface Callable {
  /** Undefined: of all numbers one is chosen. */
  readonly number?: string | undefined;
  /** Numbers of these plans only. */
  readonly plans?: readonly string[] | undefined;
  /** Codes are asked for on the way. */
  readonly asksForCode?: boolean | undefined;
}

/** What is in the fields. */
interface Form {
  readonly from: string;
  readonly name: string;
  readonly codes: string;
  /** A text while it is being typed. */
  readonly talkSeconds: number | string;
}

const FIRST: Form = { from: "+31612345678", name: "", codes: "", talkSeconds: 5 };

/** Who calls whom; then a real call, and its page. */
export default function CallNowDialog({ isOpen, onClose, ...callable }: Callable & DialogProps) {
  const { t } = useTranslation();
  const isShown = useOpenOnceThere(isOpen);
  return (
    <Modal
      opened={isShown}
      onClose={onClose}
      title={t("callNow.do")}
      closeButtonProps={{ "aria-label": t("do.close") }}
    >
      <CallForm {...callable} />
    </Modal>
  );
}

function CallForm({ number, plans, asksForCode }: Callable) {
  const { t } = useTranslation();
  const numbers = usePlannedNumbers(plans);
  const [chosen, setChosen] = useState<string>();
  const called = number ?? chosen ?? numbers?.[0] ?? "";
  const [form, setForm] = useState<Form>(FIRST);
  const calling = useCall();
  useEffect(() => ahead("/calls/some"), []);
  if (number === undefined && numbers?.length === 0)
    return (
      <p className={style["none"]}>
        {t("callNow.noNumber")} <Link to="/numbers">{t("nav.numbers")}</Link>
      </p>
    );
  return (
    <form
      className={style["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        calling.mutate({ ...form, called });
      }}
    >
      <p className={style["what"]}>{t("callNow.what")}</p>
      <CalledNumber number={number} numbers={numbers ?? []} chosen={called} onChoose={setChosen} />
      <CallFields
        form={form}
        asksForCode={asksForCode === true}
        onChange={(part) => setForm((now) => ({ ...now, ...part }))}
      />
      <Outcome error={calling.error} answer={calling.data} />
      <Button type="submit" loading={calling.isPending} disabled={called === ""}>
        {t("callNow.call")}
      </Button>
    </form>
  );
}

/** Numbers that lead to one of these plans, or to any; undefined: they have not come yet. */
function usePlannedNumbers(plans: Callable["plans"]): readonly string[] | undefined {
  const { data } = useQuery(allOptions<DocumentOf<"number">>("number", "/numbers"));
  return data
    ?.map(({ document }) => document)
    .filter(({ plan }) => plan !== undefined && (plans === undefined || plans.includes(plan)))
    .map(({ number }) => number);
}

/** Places the call, and goes to its page. */
function useCall() {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ called, from, name, codes, talkSeconds }: Form & { readonly called: string }) =>
      api<typeof callRoutes.test>("calls.test", {
        body: {
          number: called,
          from: from.replace(/[\s().-]/g, ""),
          name,
          codes: codes.split(/[\s,;]+/).filter((code) => code !== ""),
          talkSeconds: Number(talkSeconds),
        },
      }),
    onSuccess: ({ id }) => {
      if (id !== undefined) void navigate(`/calls/${encodeURIComponent(id)}`);
    },
  });
}

interface CalledProps {
  readonly number: string | undefined;
  readonly numbers: readonly string[];
  readonly chosen: string;
  readonly onChoose: (number: string | undefined) => void;
}

/** Which number is called: the page's, or one of all. */
function CalledNumber({ number, numbers, chosen, onChoose }: CalledProps) {
  const { t } = useTranslation();
  const written = useWrittenNumber();
  if (number !== undefined)
    return (
      <p className={style["called"]}>
        {t("callNow.number")} <strong>{written(number)}</strong>
      </p>
    );
  return (
    <Select
      label={t("callNow.number")}
      searchable
      allowDeselect={false}
      data={numbers.map((one) => ({ value: one, label: written(one) }))}
      value={chosen}
      onChange={(value) => onChoose(value ?? undefined)}
    />
  );
}

interface FieldsProps {
  readonly form: Form;
  readonly asksForCode: boolean;
  readonly onChange: (part: Partial<Form>) => void;
}

/** Who calls, and what that caller does. */
function CallFields({ form, asksForCode, onChange: set }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <div className={style["pair"]}>
        <TextInput
          data-autofocus
          label={t("callNow.from")}
          inputMode="tel"
          maxLength={33}
          value={form.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
        <TextInput
          label={t("callNow.name")}
          maxLength={64}
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
      </div>
      <div className={style["pair"]}>
        <TextInput
          label={t("callNow.codes")}
          description={asksForCode ? t("callNow.codesHelp") : undefined}
          placeholder="1234#"
          inputMode="tel"
          value={form.codes}
          onChange={(event) => set({ codes: event.currentTarget.value })}
        />
        <NumberInput
          label={t("callNow.talk")}
          suffix=" s"
          min={0}
          max={60}
          allowDecimal={false}
          value={form.talkSeconds}
          onChange={(talkSeconds) => set({ talkSeconds })}
        />
      </div>
    </>
  );
}

/** Why there is no page to go to. */
function Outcome({
  error,
  answer,
}: {
  readonly error: Error | null;
  readonly answer:
    | {
        readonly id?: string | undefined;
        readonly status?: number | undefined;
        readonly reason?: string | undefined;
      }
    | undefined;
}) {
  const { t } = useTranslation();
  const whyNot = useWhyNot();
  const said =
    error !== null
      ? whyNot(error)
      : answer === undefined || answer.id !== undefined
        ? undefined
        : t("callNow.refused", { status: answer.status ?? 0, reason: answer.reason ?? "" });
  return said === undefined ? undefined : (
    <ProblemList problems={[{ pointer: "", code: "refused", message: said }]} />
  );
}
