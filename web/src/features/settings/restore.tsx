import { Button, FileInput, PasswordInput, Progress } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { jobRoutes } from "../../../../src/api/contract/jobs.ts";
import type { restoreRoutes } from "../../../../src/api/contract/restore.ts";
import type { AnswerOf } from "../../../../src/api/contract/route.ts";
import { Section } from "../../components/page.tsx";
import { Refusal } from "../../components/refusal.tsx";
import { useToast } from "../../components/toast.tsx";
import { api, request } from "../../lib/api.ts";
import { dayTime, fileSize } from "../../lib/format.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import { Replaced } from "./replaced.tsx";
import { Agreed, AgreeForm } from "./restore-agree.tsx";
import { checkSent, type RestoreApi, sendFile, type Told } from "./send-backup.ts";
import style from "./settings.module.css";

type State = AnswerOf<typeof restoreRoutes.state>;
type Content = NonNullable<State["content"]>;

const KEY = ["backup", "restore"];
/** While the server waits for calls to end, and begins anew. */
const LOOKED_EVERY_MS = 1000;
/** Of what a backup has, as the menu calls it. */
const COUNTED = [
  ["number", "numbers"],
  ["plan", "plans"],
  ["webhook", "webhooks"],
  ["audioMessage", "audio"],
  ["phone", "phones"],
  ["group", "groups"],
  ["trunk", "trunks"],
] as const;

const API: RestoreApi = {
  state: () => api<typeof restoreRoutes.state>("restore.state"),
  send: (query, body, signal) => request("POST", "/backup/restore/upload", { query, body, signal }),
  check: (passphrase) =>
    api<typeof restoreRoutes.check>("restore.check", {
      body: passphrase === undefined ? {} : { passphrase },
    }),
  jobs: () => api<typeof jobRoutes.list>("jobs.list"),
};

/** A backup that takes the place of what is here: sent, looked at, agreed to; and the way back. */
export function Restore() {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api<typeof restoreRoutes.state>("restore.state", { signal }),
    refetchInterval: ({ state }) => (state.data?.agreed ? LOOKED_EVERY_MS : false),
  });
  const took = (state: State): void => void client.setQueryData(KEY, state);
  const again = async (): Promise<void> => client.invalidateQueries({ queryKey: KEY });
  if (data === undefined) return undefined;
  const { agreed, before, content, upload } = data;
  return (
    <Section title={t("restore.title")} help={t("restore.what")}>
      {agreed === null ? (
        <>
          {content === null ? <Send upload={upload} onChange={again} /> : undefined}
          {content === null ? undefined : (
            <>
              <Has content={content} />
              <AgreeForm
                route="restore.agree"
                seen={content.id}
                label={t("restore.do")}
                onDone={took}
                onRefused={again}
              >
                <Forget onDone={again} />
              </AgreeForm>
            </>
          )}
          {before === null ? undefined : <Replaced before={before} onAgreed={took} onDeleted={again} />}
        </>
      ) : (
        <Agreed agreed={agreed} />
      )}
    </Section>
  );
}

/** Sends a file in parts, and has it looked at. */
function Send({
  upload,
  onChange,
}: {
  readonly upload: State["upload"];
  readonly onChange: () => Promise<void>;
}) {
  const { t } = useTranslation("settings");
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const [percent, setPercent] = useState(0);
  const [isBroken, setBroken] = useState(false);
  const isHere = upload !== null && upload.received === upload.size;
  const told: Told = (now, broken) => {
    setPercent(now);
    setBroken(broken);
  };
  const checking = useMutation({
    mutationFn: () => checkSent(passphrase === "" ? undefined : passphrase, API, told),
    onMutate: () => told(0, false),
    onSuccess: onChange,
  });
  const sending = useMutation({
    mutationFn: (given: File) => sendFile(given, API, t("restore.another"), told),
    onMutate: () => {
      told(0, false);
      checking.reset();
    },
    onSettled: onChange,
  });
  const error = checking.error ?? sending.error;
  return (
    <form
      className={style["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        checking.mutate();
      }}
    >
      <Refusal error={error} />
      <FileInput
        label={t("restore.file")}
        placeholder={t("restore.choose")}
        disabled={sending.isPending || checking.isPending}
        value={file}
        onChange={(given) => {
          setFile(given);
          if (given !== null) sending.mutate(given);
        }}
      />
      {sending.isPending || checking.isPending ? (
        <Progress
          value={percent}
          aria-label={t(sending.isPending ? "restore.sending" : "restore.checking")}
        />
      ) : undefined}
      {sending.isPending ? (
        <p className={style["hint"]} role="status">
          {t(isBroken ? "restore.broken" : "restore.sent", { percent: Math.floor(percent) })}
        </p>
      ) : undefined}
      {isHere ? (
        <>
          <p className={style["hint"]} aria-live="polite">
            {t("restore.here", {
              file: upload.file,
              size: fileSize(upload.size),
              time: upload.made === null ? "" : dayTime(upload.made),
              version: upload.version,
            })}
          </p>
          {upload.isSealed === true ? (
            <PasswordInput
              label={t("backup.passphrase")}
              autoComplete="off"
              maxLength={200}
              value={passphrase}
              onChange={(event) => setPassphrase(event.currentTarget.value)}
            />
          ) : undefined}
          <div>
            <Button
              type="submit"
              variant="default"
              loading={checking.isPending}
              disabled={upload.isSealed === true && passphrase === ""}
            >
              {t("restore.look")}
            </Button>
          </div>
        </>
      ) : undefined}
    </form>
  );
}

/** What would be here. */
function Has({ content }: { readonly content: Content }) {
  const { t } = useTranslation("settings");
  const { t: shell } = useTranslation();
  const { made, version, isOwn, configuration, here, counts, calls, users, administrators } = content;
  const rows = [
    [t("restore.made"), `${dayTime(made)}, Switchhook ${version}`],
    [t("restore.of"), t(isOwn ? "restore.own" : "restore.foreign")],
    [t("restore.configuration"), t("restore.version", { configuration, here })],
    ...COUNTED.map(([kind, name]) => [shell(`nav.${name}`), String(counts[kind])] as const),
    [shell("nav.calls"), String(calls)],
    [t("restore.users"), String(users)],
    [
      t("restore.administrators"),
      administrators.join(", ") || t(users === 0 ? "restore.nobody" : "restore.noWayIn"),
    ],
  ] as const;
  return (
    <ul aria-label={t("restore.has")}>
      {rows.map(([label, text]) => (
        <li key={label} className={style["row"]}>
          <span>{label}</span>
          <bdi>{text}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Forget({ onDone }: { readonly onDone: () => Promise<void> }) {
  const { t } = useTranslation();
  const whyNot = useWhyNot();
  const toast = useToast();
  const forgetting = useMutation({
    mutationFn: () => api<typeof restoreRoutes.forget>("restore.forget"),
    onSuccess: onDone,
    onError: (error) => toast({ text: whyNot(error), tone: "bad" }),
  });
  return (
    <Button variant="default" loading={forgetting.isPending} onClick={() => forgetting.mutate()}>
      {t("do.cancel")}
    </Button>
  );
}
