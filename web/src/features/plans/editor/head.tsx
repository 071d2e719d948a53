import { ActionIcon, Button } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconHistory, IconPlayerPlay } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { CallNow } from "../../../components/call-now.tsx";
import { PageHead } from "../../../components/page.tsx";
import { StatusBadge } from "../../../components/status-badge.tsx";
import { ApiError } from "../../../lib/api-error.ts";
import type { Autosave, SaveState } from "../state/autosave.ts";
import { usePiece } from "../state/store.ts";
import style from "./head.module.css";
import { Presence } from "./presence.tsx";
import { useEditorPiece, usePlanView } from "./view.ts";

/** The head of a plan's page: its name, how its draft stands, and what can be done with all of it. */
export function EditorHead({
  autosave,
  changes,
  version,
  name,
  isSimulating,
  onSimulate,
  onPublish,
}: {
  readonly autosave: Autosave;
  /** How many steps differ from the published version. */
  readonly changes: number;
  /** The published version. */
  readonly version: number;
  /** As numbers name it. */
  readonly name: string;
  readonly isSimulating: boolean;
  readonly onSimulate: () => void;
  readonly onPublish: () => void;
}) {
  const { t } = useTranslation("plans");
  const navigate = useNavigate();
  const { editor, canEdit, id } = usePlanView();
  const canUndo = useEditorPiece(({ history }) => history.done.length > 0);
  const canRedo = useEditorPiece(({ history }) => history.undone.length > 0);
  const problems = useEditorPiece(({ problems: byStep }) => byStep.size);
  const save = usePiece(autosave.state, (now) => now);
  const isDraft = changes > 0;
  return (
    <PageHead
      crumb={{ to: "/plans", label: t("title") }}
      title={name}
      badge={
        isDraft ? (
          <StatusBadge tone="warn" icon={null}>
            {t("head.draft")}
          </StatusBadge>
        ) : (
          <StatusBadge tone="good">{t("head.published", { version })}</StatusBadge>
        )
      }
      meta={
        <span
          className={style.meta}
          data-bad={save.kind === "failed" || save.kind === "clash" ? "" : undefined}
        >
          {meta()}
          <Presence />
        </span>
      }
      actions={
        <>
          <CallNow plans={[name]} />
          {canEdit ? (
            <>
              <ActionIcon
                variant="default"
                size={36}
                className={style.undo ?? ""}
                disabled={!canUndo}
                aria-label={t("head.undo")}
                title={`${t("head.undo")} (Ctrl Z)`}
                onClick={() => editor.undo()}
              >
                <IconArrowBackUp size={18} stroke={1.7} />
              </ActionIcon>
              <ActionIcon
                variant="default"
                size={36}
                className={`${style.undo} ${style.redo}`}
                disabled={!canRedo}
                aria-label={t("head.redo")}
                title={`${t("head.redo")} (Ctrl Shift Z)`}
                onClick={() => editor.redo()}
              >
                <IconArrowForwardUp size={18} stroke={1.7} />
              </ActionIcon>
            </>
          ) : undefined}
          <Button
            variant="default"
            className={style.button ?? ""}
            classNames={{ section: style.glyph ?? "" }}
            leftSection={<IconHistory size={17} stroke={1.7} />}
            onClick={() => void navigate(`/plans/${id}/versions`)}
          >
            {t("head.history")}
          </Button>
          <Button
            variant={isSimulating ? "light" : "default"}
            aria-pressed={isSimulating}
            className={style.button ?? ""}
            classNames={{ section: style.glyph ?? "" }}
            leftSection={<IconPlayerPlay size={17} stroke={1.7} />}
            onClick={onSimulate}
          >
            {t("head.simulate")}
          </Button>
          {canEdit ? (
            <Button
              className={style.publish ?? ""}
              disabled={problems > 0 || !isDraft}
              title={
                problems > 0 ? t("head.publishBlocked") : isDraft ? undefined : t("head.nothingToPublish")
              }
              onClick={onPublish}
            >
              {t("head.publish")}
            </Button>
          ) : undefined}
        </>
      }
    />
  );

  function meta(): string {
    if (!canEdit) return t("head.readOnly");
    const saved = saveText(t, save);
    return changes === 0 ? saved : `${t("head.changes", { count: changes, version })}, ${saved}`;
  }
}

/** How saving stands, in words. */
function saveText(t: TFunction<"plans">, state: SaveState): string {
  if (state.kind !== "failed") return t(`head.${state.kind}`);
  const { error } = state;
  return error instanceof ApiError && error.status >= 400 && error.status < 500
    ? t("head.refused", { why: error.detail === "" ? error.message : error.detail })
    : t("head.failed");
}
