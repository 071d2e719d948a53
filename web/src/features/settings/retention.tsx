import { NumberInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { backupRoutes } from "../../../../src/api/contract/backup.ts";
import type { FormField } from "../../../../src/dialplan/form.ts";
import { useCoreText } from "../../i18n/core-text.ts";
import { api } from "../../lib/api.ts";
import type { Editor } from "../../lib/editor.ts";
import type { DocumentOf } from "../../lib/entities.ts";
import { useMaySave } from "../../lib/session.ts";
import { askedOfDays } from "./fewer-days.ts";

type Settings = DocumentOf<"settings">;

/** How long calls are kept now, and whether the company or the server says so. */
export function useCallsKept(enabled = true) {
  const { data } = useQuery({
    enabled,
    // With the company's settings it is asked for again.
    queryKey: ["settings", "kept"],
    queryFn: () => api<typeof backupRoutes.kept>("backup.kept"),
  });
  return data;
}

/** Asks before settings are saved that delete calls which are kept until now. */
export function useRetentionGuard({
  chosen,
  isShown,
}: {
  /** What the company says until now. */
  readonly chosen: number | undefined;
  /** Whether this page shows it; a draft of another page is saved with the rest. */
  readonly isShown: boolean;
}): (settings: Settings) => boolean {
  const { t } = useTranslation("settings");
  const kept = useCallsKept(isShown);
  return ({ retention }) => {
    const days = retention?.callsDays;
    const asked = askedOfDays(days, { chosen, inForce: kept?.callsKeepDays });
    if (asked === undefined) return true;
    return globalThis.confirm(asked === "server" ? t("kept.askServer") : t("kept.ask", { count: days ?? 0 }));
  };
}

/** The days for which calls are kept: left empty, as the server was started. */
export function CallsDays({
  group,
  editor,
  chosen,
}: {
  readonly group: Extract<FormField, { readonly control: "group" }>;
  readonly editor: Pick<Editor<Settings>, "draft" | "errorAt" | "touch">;
  readonly chosen: number | undefined;
}) {
  const { t } = useTranslation("settings");
  const text = useCoreText();
  const may = useMaySave("settings");
  const kept = useCallsKept();
  const field = group.fields.find(({ key }) => key === "callsDays");
  if (field?.control !== "number") return undefined;
  const path = `${group.key}.${field.key}`;
  const { document } = editor.draft;
  const set = (days: string | number): void =>
    editor.draft.set({ ...document, retention: typeof days === "number" ? { callsDays: days } : undefined });
  return (
    <NumberInput
      label={text(field.label)}
      description={`${text(field.help)} ${text(group.help)}`}
      placeholder={
        chosen === undefined && kept !== undefined
          ? t("kept.days", { count: kept.callsKeepDays })
          : t("kept.asServer")
      }
      error={editor.errorAt(path)}
      disabled={!may}
      allowDecimal={false}
      clampBehavior="none"
      {...(field.min === undefined ? {} : { min: field.min })}
      {...(field.max === undefined ? {} : { max: field.max })}
      suffix={` ${text(field.unit ?? "")}`}
      value={document.retention?.callsDays ?? ""}
      onChange={set}
      onBlur={() => editor.touch(path)}
      data-path={path}
    />
  );
}
