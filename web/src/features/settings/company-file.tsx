import { Button, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApplyAnswer } from "../../../../src/api/contract/company.ts";
import type { companyFileRoutes, FileDifference } from "../../../../src/api/contract/company-file.ts";
import { Section } from "../../components/page.tsx";
import { ProblemList } from "../../components/problem-list.tsx";
import { api, request } from "../../lib/api.ts";
import { ApiError } from "../../lib/api-error.ts";
import { ago } from "../../lib/format.ts";
import { useKeptIn, useUser } from "../../lib/session.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import style from "./settings.module.css";
import { keepTypedFile, typedFile } from "./typed-file.ts";

/** The configuration as a file, out and in; what a file would do is shown before it does it. */
export function CompanyFile() {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const user = useUser();
  const [text, setText] = useState(() => typedFile(user));
  const body = (): Blob => new Blob([text]);
  const comparing = useMutation({
    mutationFn: () => request<FileDifference>("POST", "/company/diff", { body: body() }),
  });
  const applying = useMutation({
    mutationFn: (overwrite: boolean) =>
      request<ApplyAnswer>("PUT", "/company", {
        body: body(),
        query: { overwrite: overwrite ? true : undefined },
      }),
    onSuccess: async () => {
      comparing.reset();
      keepTypedFile("", user);
      await client.invalidateQueries();
    },
  });
  const type = (next: string): void => {
    setText(next);
    keepTypedFile(next, user);
    // What was compared is not what stands there now.
    comparing.reset();
    applying.reset();
  };
  const error = applying.error ?? comparing.error;
  const { data: applied } = applying;
  const { data: difference } = comparing;
  return (
    <>
      <KeptIn />
      <Section title={t("section.file")} help={`${t("file.what")} ${t("file.masked")}`}>
        <Button component="a" href="/api/v1/company" download="company.yaml" variant="default">
          {t("file.download")}
        </Button>
      </Section>
      <Section title={t("file.apply")} help={t("file.applyWhat")}>
        <div className={style["wide"]}>
          {error === null ? undefined : <Refusal error={error} />}
          <Textarea
            aria-label={t("file.apply")}
            classNames={{ input: style["mono"] ?? "" }}
            autosize
            minRows={8}
            maxRows={24}
            spellCheck={false}
            value={text}
            onChange={(event) => type(event.currentTarget.value)}
          />
          <div className={style["actions"]}>
            <Button
              variant={difference === undefined ? "filled" : "default"}
              disabled={text.trim() === ""}
              loading={comparing.isPending}
              onClick={() => comparing.mutate()}
            >
              {t("file.compare")}
            </Button>
          </div>
          {difference === undefined ? undefined : (
            <Difference
              difference={difference}
              isApplying={applying.isPending}
              onApply={(overwrite) => applying.mutate(overwrite)}
            />
          )}
          {applied === undefined ? undefined : (
            <output className={style["once"]}>
              {t("file.applied", { version: applied.version })}
              <Sentences sentences={applied.changes} none={t("file.nothing")} />
            </output>
          )}
        </div>
      </Section>
    </>
  );
}

/** What the file would do, what is in its way, and doing it. */
function Difference({
  difference,
  isApplying,
  onApply,
}: {
  readonly difference: FileDifference;
  readonly isApplying: boolean;
  readonly onApply: (overwrite: boolean) => void;
}) {
  const { t } = useTranslation("settings");
  const { sentences, conflicts, refusals, warnings, applies } = difference;
  return (
    <section className={style["difference"]} aria-label={t("file.difference")}>
      <h3>{t("file.difference")}</h3>
      <Sentences sentences={sentences} none={t("file.nothing")} />
      {conflicts.length === 0 ? undefined : (
        <>
          <h3>{t("file.conflicts")}</h3>
          <ul>
            {conflicts.map(({ kind, id, sentence, changedBy, changedAt }) => (
              <li key={`${kind} ${id}`}>
                {sentence}{" "}
                <small>
                  {changedBy} · {ago(changedAt)}
                </small>
              </li>
            ))}
          </ul>
        </>
      )}
      {[...refusals, ...warnings].length === 0 ? undefined : (
        <ProblemList
          problems={[...refusals, ...warnings].map((one) => ({
            pointer: `${one.line}:${one.column}`,
            severity: one.severity,
            code: one.code,
            message: `${t("file.line", { line: one.line })}: ${one.message}`,
          }))}
        />
      )}
      <div className={style["actions"]}>
        {applies ? (
          <Button loading={isApplying} onClick={() => onApply(false)}>
            {t("file.applyDo")}
          </Button>
        ) : undefined}
        {conflicts.length > 0 ? (
          <Button variant="default" loading={isApplying} onClick={() => onApply(true)}>
            {t("file.overwrite")}
          </Button>
        ) : undefined}
      </div>
    </section>
  );
}

/** Where a company file keeps the configuration, nothing is changed here until it is taken over. */
function KeptIn() {
  const { t } = useTranslation("settings");
  const { t: shell } = useTranslation();
  const client = useQueryClient();
  const keptIn = useKeptIn();
  const taking = useMutation({
    mutationFn: () => api<typeof companyFileRoutes.takeOver>("company.takeOver"),
    onSuccess: () => client.invalidateQueries(),
  });
  if (keptIn === undefined) return undefined;
  return (
    <div className={style["words"]}>
      <p>
        {shell("state.keptInFile", { file: keptIn.file, by: keptIn.appliedBy, when: ago(keptIn.appliedAt) })}
      </p>
      {taking.error === null ? undefined : <Refusal error={taking.error} />}
      <div>
        <Button variant="default" loading={taking.isPending} onClick={() => taking.mutate()}>
          {t("file.takeOver")}
        </Button>
      </div>
    </div>
  );
}

function Sentences({ sentences, none }: { readonly sentences: readonly string[]; readonly none: string }) {
  return (
    <ul>
      {(sentences.length === 0 ? [none] : sentences).map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

function Refusal({ error }: { readonly error: Error }) {
  const { t } = useTranslation("settings");
  const whyNot = useWhyNot();
  const problems: readonly Problem[] = error instanceof ApiError ? error.problems : [];
  return (
    <ProblemList
      problems={
        problems.length > 0
          ? problems.map((one) => ({ ...one, pointer: placeOf(one), message: said(one, t) }))
          : [{ pointer: "", code: "refused", message: whyNot(error) }]
      }
    />
  );
}

type Problem = ApiError["problems"][number] & { readonly line?: number };

const placeOf = ({ pointer, line }: Problem): string => pointer ?? `line ${line}`;

function said(problem: Problem, t: (key: "file.line", values: { readonly line: number }) => string): string {
  return problem.line === undefined
    ? problem.message
    : `${t("file.line", { line: problem.line })}: ${problem.message}`;
}
