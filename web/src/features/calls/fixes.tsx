import { Button, Code, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CallFix } from "../../../../src/model/call-fixes.ts";
import { CallNow } from "../../components/call-now.tsx";
import { Refusal } from "../../components/refusal.tsx";
import { request } from "../../lib/api.ts";
import { clockTime } from "../../lib/format.ts";
import { writtenNumber } from "../../lib/phone-number.ts";
import { useMayChange } from "../../lib/session.ts";
import style from "./fixes.module.css";
import type { Fix } from "./shown-call.ts";

/** What would let a refused call through the next time: each says what it permits before it is done. */
export function Fixes({ id }: { readonly id: string }) {
  const { t } = useTranslation("calls");
  const mayMend = useMayChange();
  const { data } = useQuery({
    queryKey: ["call", id, "fixes"],
    queryFn: ({ signal }) =>
      request<{ readonly items: readonly Fix[] }>("GET", `/calls/${encodeURIComponent(id)}/fixes`, {
        signal,
      }),
    enabled: mayMend,
  });
  if (!mayMend || data === undefined || data.items.length === 0) return undefined;
  return (
    <section className={style["fixes"]} aria-label={t("fix.title")}>
      <h2>{t("fix.title")}</h2>
      {data.items.map((fix) => (
        <OneFix key={fix.fix} id={id} fix={fix} />
      ))}
    </section>
  );
}

/** What it would let through, in full. */
function permits(t: TFunction<"calls">, about: CallFix): string {
  switch (about.fix) {
    case "givePlan":
      return t("fix.permits.givePlan", { number: writtenNumber(about.number) });
    case "trustAddress":
      return t("fix.permits.trustAddress", { address: about.address });
    case "newPassword":
      return t("fix.permits.newPassword", { extension: about.extension });
  }
}

function OneFix({ id, fix }: { readonly id: string; readonly fix: Fix }) {
  const { t } = useTranslation("calls");
  const client = useQueryClient();
  const [name, setName] = useState<string | null>(fix.choices[0] ?? null);
  const mend = useMutation({
    mutationFn: () =>
      request<{ readonly password?: string }>("POST", `/calls/${encodeURIComponent(id)}/fixes/${fix.fix}`, {
        body: name === null ? {} : { name },
      }),
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <div className={style["fix"]}>
      <p>{permits(t, fix.about)}</p>
      {mend.isSuccess ? (
        <>
          <output className={style["done"]}>
            {t("fix.done", { time: clockTime(mend.submittedAt) })}
            {mend.data.password === undefined ? undefined : (
              <>
                {" "}
                {t("fix.password")} <Code>{mend.data.password}</Code>
              </>
            )}
          </output>
          <CallAgain about={fix.about} />
        </>
      ) : (
        <div className={style["do"]}>
          {fix.choices.length > 1 ? (
            <Select
              aria-label={t("fix.choose")}
              data={[...fix.choices]}
              value={name}
              onChange={setName}
              allowDeselect={false}
            />
          ) : undefined}
          <Button onClick={() => mend.mutate()} loading={mend.isPending}>
            {t(`fix.${fix.fix}`)}
          </Button>
        </div>
      )}
      <Refusal error={mend.error} />
    </div>
  );
}

/** Only a number that has a plan now is tried from here: a call of ours comes neither from that address nor from that phone. */
function CallAgain({ about }: { readonly about: CallFix }) {
  if (about.fix !== "givePlan") return undefined;
  return (
    <div className={style["do"]}>
      <CallNow number={about.number} isNamed />
    </div>
  );
}
