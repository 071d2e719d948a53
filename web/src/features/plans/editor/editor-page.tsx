import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../../../components/page.tsx";
import { useToast } from "../../../components/toast.tsx";
import { writtenNumber } from "../../../lib/phone-number.ts";
import { useSaveKey } from "../../../lib/shortcuts.ts";
import { ConflictScreen } from "../publish/conflict-screen.tsx";
import type { Told } from "../simulate/told.ts";
import type { Autosave } from "../state/autosave.ts";
import { directoryOf, type Things } from "../state/directory.ts";
import type { DraftAnswer } from "../state/requests.ts";
import { storeOf, usePiece } from "../state/store.ts";
import { useDrag } from "./drag.ts";
import { EditorHead } from "./head.tsx";
import { useKeys } from "./keys.ts";
import { MoveDialog } from "./move-dialog.tsx";
import { PlanList } from "./plan-list.tsx";
import { useEditorSession } from "./session.ts";
import { EditorSide } from "./side.tsx";
import { useAddress } from "./use-address.ts";
import { useChecked } from "./use-checked.ts";
import { type Published, useStanding } from "./use-standing.ts";
import { type PlanView, PlanViewContext, StandingContext } from "./view.ts";

// What is wanted now and then is fetched when it is.
const SimulatePanel = lazy(() => import("../simulate/simulate-panel.tsx"));
const PublishDialog = lazy(() => import("../publish/publish-dialog.tsx"));

/** The editor of a plan. */
export function EditorPage({
  id,
  first,
  published,
  things,
  numbers,
  canEdit,
}: {
  readonly id: string;
  readonly first: DraftAnswer;
  /** The version that calls take. */
  readonly published: Published;
  readonly things: Things;
  readonly numbers: readonly { readonly id: string; readonly number: string }[];
  readonly canEdit: boolean;
}) {
  const { t } = useTranslation("plans");
  const toast = useToast();
  const merged = useCallback(
    (by: string | undefined) => toast({ text: t("clash.merged", { by: by ?? t("clash.somebody") }) }),
    [toast, t],
  );
  const { editor, autosave } = useEditorSession(id, first, published.version, merged);
  const [told] = useState(() => storeOf<Told | undefined>(undefined));
  const directory = useMemo(() => directoryOf(things), [things]);
  const shownNumbers = useMemo(
    () => numbers.map(({ id: numberId, number }) => ({ id: numberId, number, shown: writtenNumber(number) })),
    [numbers],
  );
  const view = useMemo<PlanView>(
    () => ({ id, editor, things, directory, numbers: shownNumbers, canEdit, told }),
    [id, editor, things, directory, shownNumbers, canEdit, told],
  );
  const list = useRef<HTMLDivElement>(null);
  const { isSimulating, setSimulating } = useAddress(editor);
  const [isPublishing, setPublishing] = useState(false);
  useChecked(editor, directory);
  useDrag(list, editor, canEdit);
  useKeys(list, editor, canEdit);
  // It saves itself; who presses the key all the same need not wait for that.
  useSaveKey(canEdit ? () => void autosave.flush() : undefined);
  const { standing, changes } = useStanding(editor, autosave, published);
  const closeSimulation = useCallback(() => setSimulating(false), [setSimulating]);
  return (
    <PlanViewContext value={view}>
      <Page
        head={
          <EditorHead
            autosave={autosave}
            changes={changes.length}
            version={standing.version}
            name={standing.name}
            isSimulating={isSimulating}
            onSimulate={() => setSimulating(!isSimulating)}
            onPublish={() => setPublishing(true)}
          />
        }
        side={
          <StandingContext value={standing}>
            <EditorSide isSimulating={isSimulating}>
              {isSimulating ? (
                <Suspense>
                  <SimulatePanel onClose={closeSimulation} />
                </Suspense>
              ) : undefined}
            </EditorSide>
          </StandingContext>
        }
      >
        <ClashOf autosave={autosave} />
        <div ref={list}>
          <PlanList />
        </div>
      </Page>
      <MoveDialog />
      {isPublishing ? (
        <Suspense>
          <PublishDialog autosave={autosave} changes={changes} onClose={() => setPublishing(false)} />
        </Suspense>
      ) : undefined}
    </PlanViewContext>
  );
}

/** Stands above the list, not over it, while somebody has to choose. */
function ClashOf({ autosave }: { readonly autosave: Autosave }) {
  const state = usePiece(autosave.state, (now) => now);
  const top = useRef<HTMLDivElement>(null);
  const isClash = state.kind === "clash";
  useEffect(() => {
    if (isClash) top.current?.scrollIntoView({ block: "center" });
  }, [isClash]);
  return (
    <div ref={top}>
      {state.kind === "clash" ? <ConflictScreen autosave={autosave} clash={state.clash} /> : undefined}
    </div>
  );
}
