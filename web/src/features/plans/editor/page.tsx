import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { Page } from "../../../components/page.tsx";
import { ErrorState, PageSkeleton } from "../../../components/states.tsx";
import { useMay } from "../../../lib/session.ts";
import {
  type DraftAnswer,
  useDraft,
  useNumberReading,
  useNumbers,
  usePlan,
  useThings,
} from "../state/requests.ts";
import { EditorPage } from "./editor-page.tsx";

/** The page of a dial plan: its draft, to be looked at, changed, tried and published. */
export function Component() {
  const { id = "" } = useParams();
  // Another plan is another page: nothing of the one before stays.
  return <Loaded key={id} id={id} />;
}

function Loaded({ id }: { readonly id: string }) {
  useTranslation("plans");
  const draft = useDraft(id);
  const plan = usePlan(id);
  const canEdit = useMay("editor");
  const things = useThings();
  const reading = useNumberReading();
  const numbers = useNumbers(plan.data?.key);
  // The draft as it was when the page was opened: what comes later the editor takes in by itself.
  const [first, setFirst] = useState<DraftAnswer>();
  if (first === undefined && draft.data !== undefined) setFirst(draft.data);
  if (
    first !== undefined &&
    plan.data !== undefined &&
    things.data !== undefined &&
    reading.data !== undefined
  ) {
    return (
      <EditorPage
        id={id}
        first={first}
        published={{ version: plan.data.revision, document: plan.data.document }}
        things={things.data}
        numbers={numbers}
        canEdit={canEdit}
      />
    );
  }
  const failed = [draft, plan, reading].filter(({ error, data }) => error !== null && data === undefined);
  const error = failed[0]?.error ?? things.error;
  if (error === null) return <PageSkeleton />;
  const retry = (): void => {
    for (const { refetch } of failed) void refetch();
    things.retry();
  };
  return (
    <Page>
      <ErrorState error={error} onRetry={retry} />
    </Page>
  );
}
