import { Button, Group, Select } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { restoreRoutes } from "../../../../src/api/contract/restore.ts";
import type { AnswerOf } from "../../../../src/api/contract/route.ts";
import { Refusal } from "../../components/refusal.tsx";
import { api } from "../../lib/api.ts";
import { isTrusted, useSession } from "../../lib/session.ts";
import { PresentPassword } from "./present-password.tsx";
import style from "./settings.module.css";

type State = AnswerOf<typeof restoreRoutes.state>;

const WAITS = [0, 60, 300, 1800] as const;

type AgreeFormProps = {
  readonly label: string;
  readonly onDone: (state: State) => void;
  /** It may be another backup by now. */
  readonly onRefused?: () => Promise<void>;
  /** Beside the button. */
  readonly children?: ReactNode;
} & (
  | { readonly route: "restore.back"; readonly seen?: undefined }
  /** What the person looks at, by its id. */
  | { readonly route: "restore.agree"; readonly seen: string }
);

/** The password again, how long calls are waited for, and the button that has the server begin anew. */
export function AgreeForm({ route, seen, label, onDone, onRefused, children }: AgreeFormProps) {
  const { t } = useTranslation("settings");
  const session = useSession();
  const [password, setPassword] = useState("");
  const [wait, setWait] = useState("60");
  const trusted = session === undefined || isTrusted(session);
  const agreeing = useMutation({
    mutationFn: () => {
      const body = { waitSeconds: Number(wait), ...(trusted ? {} : { password }) };
      return route === "restore.agree"
        ? api<typeof restoreRoutes.agree>(route, { body: { ...body, seen } })
        : api<typeof restoreRoutes.back>(route, { body });
    },
    onSuccess: onDone,
    onError: () => void onRefused?.(),
    onSettled: () => setPassword(""),
  });
  return (
    <form
      className={style["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        agreeing.mutate();
      }}
    >
      <Refusal error={agreeing.error} />
      <p className={style["hint"]}>{t("restore.means")}</p>
      <Select
        label={t("restore.calls")}
        description={t("restore.callsHelp")}
        allowDeselect={false}
        data={WAITS.map((seconds) => ({
          value: String(seconds),
          label:
            seconds === 0 ? t("restore.atOnce") : t("restore.within", { count: Math.ceil(seconds / 60) }),
        }))}
        value={wait}
        onChange={(value) => setWait(value ?? "60")}
      />
      {trusted ? undefined : <PresentPassword value={password} onChange={setPassword} />}
      <Group>
        <Button type="submit" color="red" loading={agreeing.isPending} disabled={!trusted && password === ""}>
          {label}
        </Button>
        {children}
      </Group>
    </form>
  );
}

/** The server waits for calls to end, and begins anew. */
export function Agreed({ agreed }: { readonly agreed: NonNullable<State["agreed"]> }) {
  const { t } = useTranslation("settings");
  const { by, calls } = agreed;
  return (
    <p role="status">
      {t("restore.agreed", { by })} {calls === null ? undefined : t("restore.callsUp", { count: calls })}{" "}
      {t("restore.signInAgain")}
    </p>
  );
}
