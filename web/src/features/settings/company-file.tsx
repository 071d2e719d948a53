import { Button, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApplyAnswer } from "../../../../src/api/contract/company.ts";
import { Section } from "../../components/page.tsx";
import { ProblemList } from "../../components/problem-list.tsx";
import { request } from "../../lib/api.ts";
import { ApiError } from "../../lib/api-error.ts";
import style from "./settings.module.css";

/** The configuration as a file, out and in. */
export function CompanyFile() {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const [text, setText] = useState("");
  const applying = useMutation({
    mutationFn: () =>
      request<ApplyAnswer>("PUT", "/company", {
        body: new Blob([text], { type: "text/plain; charset=utf-8" }),
      }),
    onSuccess: () => client.invalidateQueries(),
  });
  const { error, data } = applying;
  return (
    <>
      <Section title={t("section.file")} help={`${t("file.what")} ${t("file.masked")}`}>
        <Button component="a" href="/api/v1/company" download="company.yaml" variant="default">
          {t("file.download")}
        </Button>
      </Section>
      <Section title={t("file.apply")} help={t("file.applyWhat")}>
        <div className={style["wide"]}>
          {error === null ? undefined : (
            <ProblemList
              problems={
                error instanceof ApiError && error.problems.length > 0
                  ? error.problems.map((one) => ({ ...one, pointer: placeOf(one), message: said(one, t) }))
                  : [{ pointer: "", code: "refused", message: error.message }]
              }
            />
          )}
          <Textarea
            aria-label={t("file.apply")}
            classNames={{ input: style["mono"] ?? "" }}
            autosize
            minRows={8}
            maxRows={24}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <div className={style["actions"]}>
            <Button
              disabled={text.trim() === ""}
              loading={applying.isPending}
              onClick={() => applying.mutate()}
            >
              {t("file.applyDo")}
            </Button>
          </div>
          {data === undefined ? undefined : (
            <output className={style["once"]}>
              {t("file.applied", { version: data.version })}
              <ul>
                {(data.changes.length === 0 ? [t("file.nothing")] : data.changes).map((change) => (
                  <li key={change}>{change}</li>
                ))}
              </ul>
            </output>
          )}
        </div>
      </Section>
    </>
  );
}

type Problem = ApiError["problems"][number] & { readonly line?: number };

const placeOf = ({ pointer, line }: Problem): string => pointer ?? `line ${line}`;

function said(problem: Problem, t: (key: "file.line", values: { readonly line: number }) => string): string {
  return problem.line === undefined
    ? problem.message
    : `${t("file.line", { line: problem.line })}: ${problem.message}`;
}
