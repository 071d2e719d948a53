import { CloseButton, Select, TextInput } from "@mantine/core";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Handset } from "../../../components/handset.tsx";
import { writtenNumber } from "../../../lib/phone-number.ts";
import { useEditorPiece, usePlanView } from "../editor/view.ts";
import { type PhoneState, type Simulated, simulate, worldOf } from "./run.ts";
import style from "./simulate.module.css";
import { toldOf } from "./told.ts";
import { type Trying, useTrying } from "./trying.ts";
import { Verdict } from "./verdict.tsx";
import { WebhookReplies } from "./webhook-replies.tsx";

/** Tries a call on the draft: runs again with each letter, in the browser. */
export default function SimulatePanel({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation("plans");
  const { told, directory, numbers, things } = usePlanView();
  const plan = useDeferredValue(useEditorPiece(({ laid }) => laid.plan));
  // A call's page leads here with its own numbers.
  const [params] = useSearchParams();
  const trying = useTrying(params.get("number") ?? numbers[0]?.number ?? "", params.get("from") ?? undefined);
  const { call } = trying;
  const world = useMemo(
    () => worldOf(directory, things, numbers, plan.name),
    [directory, things, numbers, plan.name],
  );
  const result = useMemo(() => simulate(plan, world, call), [plan, world, call]);
  useEffect(() => {
    told.set(() => (result === undefined ? undefined : toldOf(result.trace)));
  }, [told, result]);
  useEffect(() => () => told.set(() => undefined), [told]);
  return (
    // What is typed here is no edit of the plan: the browser takes it back.
    <div className={style.panel} data-own-undo="">
      <div className={style.head}>
        <h2>{t("simulate.title")}</h2>
        <CloseButton aria-label={t("simulate.close")} onClick={onClose} />
      </div>
      <Verdict result={result} />
      <CallFields trying={trying} />
      <WebhookReplies trying={trying} />
      <Phones trying={trying} result={result} />
      {result?.shown === undefined ? undefined : (
        <Handset
          label={t("handset.label")}
          name={result.shown.name || undefined}
          number={writtenNumber(result.shown.number) || t("simulate.hidden")}
        />
      )}
    </div>
  );
}

/** Who calls whom, when, and what the caller types. */
function CallFields({ trying }: { readonly trying: Trying }) {
  const { t } = useTranslation("plans");
  const { numbers } = usePlanView();
  const { form, set } = trying;
  const shown = numbers.map(({ number, shown: label }) => ({ value: number, label }));
  return (
    <div className={style.pairs}>
      {shown.length === 0 ? (
        <TextInput
          label={t("simulate.did")}
          value={form.did}
          onChange={({ currentTarget }) => set({ did: currentTarget.value })}
        />
      ) : (
        <Select
          label={t("simulate.did")}
          data={shown}
          value={form.did}
          onChange={(did) => set({ did: did ?? "" })}
        />
      )}
      <TextInput
        label={t("simulate.caller")}
        placeholder={t("simulate.anonymous")}
        inputMode="tel"
        maxLength={64}
        value={form.caller}
        onChange={({ currentTarget }) => set({ caller: currentTarget.value })}
      />
      <When value={form.at} onChange={(at) => set({ at })} />
      <TextInput
        label={t("simulate.digits")}
        placeholder="1234"
        inputMode="tel"
        maxLength={200}
        title={t("simulate.digitsHelp")}
        value={form.digits}
        onChange={({ currentTarget }) => set({ digits: currentTarget.value })}
      />
      <TextInput
        label={t("simulate.callerName")}
        placeholder={t("simulate.none")}
        maxLength={64}
        value={form.callerName}
        onChange={({ currentTarget }) => set({ callerName: currentTarget.value })}
      />
    </div>
  );
}

const NOW = "now";
const CHOOSE = "choose";

/** Now, or a time that is chosen. */
function When({ value, onChange }: { readonly value: string; readonly onChange: (at: string) => void }) {
  const { t } = useTranslation("plans");
  const [isChosen, setChosen] = useState(value !== "");
  return (
    <div className={style.when}>
      <Select
        label={t("simulate.when")}
        data={[
          { value: NOW, label: t("simulate.now") },
          { value: CHOOSE, label: t("simulate.choose") },
        ]}
        value={isChosen ? CHOOSE : NOW}
        onChange={(next) => {
          setChosen(next === CHOOSE);
          if (next === NOW) onChange("");
        }}
      />
      {isChosen ? (
        <TextInput
          type="datetime-local"
          aria-label={t("simulate.time")}
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      ) : undefined}
    </div>
  );
}

const STATES: readonly PhoneState[] = ["answers", "noAnswer", "busy", "rejects", "offline"];

/** What the phones do that the plan can ring, and those that were rung. */
function Phones({ trying, result }: { readonly trying: Trying; readonly result: Simulated | undefined }) {
  const { t } = useTranslation("plans");
  const { directory } = usePlanView();
  const parties = useMemo(
    () => [...new Set([...trying.phones, ...(result?.rung ?? [])])].toSorted(),
    [trying.phones, result],
  );
  if (parties.length === 0) return undefined;
  return (
    <section>
      <h3>{t("simulate.phones")}</h3>
      <ul className={style.phones}>
        {parties.map((party) => (
          <li key={party}>
            <span>
              <strong>{writtenNumber(party)}</strong> {directory.phones.get(party)?.name}
            </span>
            <Select
              size="xs"
              aria-label={t("simulate.phone", { phone: party })}
              data={STATES.map((state) => ({ value: state, label: t(`simulate.state.${state}`) }))}
              value={trying.call.phones.get(party) ?? "answers"}
              onChange={(state) => trying.setPhone(party, state ?? "answers")}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
