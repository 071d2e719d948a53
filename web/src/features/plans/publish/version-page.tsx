import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { Page, PageHead } from "../../../components/page.tsx";
import { ErrorState, PageSkeleton } from "../../../components/states.tsx";
import { StatusBadge } from "../../../components/status-badge.tsx";
import { PlanList } from "../editor/plan-list.tsx";
import { EditorSide } from "../editor/side.tsx";
import { useAddress } from "../editor/use-address.ts";
import { type PlanView, PlanViewContext } from "../editor/view.ts";
import type { Told } from "../simulate/told.ts";
import { directoryOf, type Things } from "../state/directory.ts";
import { editorOf } from "../state/editor.ts";
import { useThings, useVersion, type VersionAnswer } from "../state/requests.ts";
import { storeOf } from "../state/store.ts";
import { historyOf } from "../tree/undo.ts";

/** A published version as it was: where the steps of past calls lead to. */
export function Component() {
  useTranslation("plans");
  const { id = "", version = "" } = useParams();
  const answer = useVersion(id, Number(version));
  const things = useThings();
  const error = answer.error ?? things.error;
  if (error !== null) {
    return (
      <Page>
        <ErrorState
          error={error}
          onRetry={() => {
            if (answer.error !== null) void answer.refetch();
            things.retry();
          }}
        />
      </Page>
    );
  }
  if (answer.data === undefined || things.data === undefined) return <PageSkeleton />;
  return <VersionView key={version} id={id} answer={answer.data} things={things.data} />;
}

function VersionView({
  id,
  answer,
  things,
}: {
  readonly id: string;
  readonly answer: VersionAnswer;
  readonly things: Things;
}) {
  const { t } = useTranslation("plans");
  const [editor] = useState(() => editorOf(historyOf(answer.document)));
  const [told] = useState(() => storeOf<Told | undefined>(undefined));
  const directory = useMemo(() => directoryOf(things), [things]);
  const view = useMemo<PlanView>(
    () => ({ id, editor, things, directory, numbers: [], canEdit: false, told }),
    [id, editor, things, directory, told],
  );
  useAddress(editor);
  const { version } = answer;
  return (
    <PlanViewContext value={view}>
      <Page
        head={
          <PageHead
            crumb={{ to: `/plans/${id}/versions`, label: t("history.title", { plan: answer.document.name }) }}
            title={answer.document.name}
            badge={<StatusBadge tone="brand">{t("history.version", { version })}</StatusBadge>}
            meta={t("history.readOnly", { version })}
          />
        }
        side={<EditorSide isSimulating={false}>{undefined}</EditorSide>}
      >
        <PlanList />
      </Page>
    </PlanViewContext>
  );
}
