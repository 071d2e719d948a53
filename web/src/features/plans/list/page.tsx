import { Button, Menu, Modal, TextInput } from "@mantine/core";
import { IconCopy, IconDots, IconPencil, IconPlus, IconRoute, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMatch, useNavigate } from "react-router";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { KeptInFile } from "../../../components/kept-in-file.tsx";
import { Page, PageHead } from "../../../components/page.tsx";
import { Row, Rows } from "../../../components/rows.tsx";
import { Empty, ErrorState, PageSkeleton } from "../../../components/states.tsx";
import { Tile } from "../../../components/tile.tsx";
import { useToast } from "../../../components/toast.tsx";
import { ApiError } from "../../../lib/api-error.ts";
import { useMaySave } from "../../../lib/session.ts";
import { useShortcuts } from "../../../lib/shortcuts.ts";
import { useWhyNot } from "../../../lib/use-why-not.ts";
import {
  createPlan,
  type Entity,
  phonesQuery,
  planKeys,
  removePlan,
  restorePlan,
  usePlans,
} from "../state/requests.ts";
import { outline, type RawPlan } from "../tree/outline.ts";
import style from "./list.module.css";
import { NameForm } from "./name-form.tsx";
import { RenameDialog } from "./rename-dialog.tsx";

/** All dial plans, with the numbers that use them. */
export function Component() {
  const { t } = useTranslation("plans");
  const plans = usePlans();
  const canEdit = useMaySave("plan");
  const navigate = useNavigate();
  const isNew = useMatch("/plans/new") !== null && canEdit;
  const [search, setSearch] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const [renamedId, setRenamedId] = useState<string>();
  const renamed = plans.data?.find(({ id }) => id === renamedId);
  const wanted = search.trim().toLowerCase();
  const shown = (plans.data ?? []).filter(({ key }) => key.toLowerCase().includes(wanted));
  useShortcuts({
    "/": () => field.current?.focus(),
    ...(canEdit ? { n: () => void navigate("/plans/new") } : {}),
  });
  const add = (
    <Button leftSection={<IconPlus size={17} stroke={1.8} />} onClick={() => void navigate("/plans/new")}>
      {t("plans.new")}
    </Button>
  );
  return (
    <Page
      head={<PageHead title={t("title")} actions={plans.data?.length === 0 || !canEdit ? undefined : add} />}
    >
      <KeptInFile />
      {plans.error === null ? undefined : (
        <ErrorState error={plans.error} onRetry={() => void plans.refetch()} />
      )}
      {plans.data === undefined && plans.error === null ? <PageSkeleton /> : undefined}
      {plans.data?.length === 0 ? (
        <Empty sentence={t("plans.empty")} action={canEdit ? add : undefined} />
      ) : undefined}
      {(plans.data?.length ?? 0) > 8 ? (
        <TextInput
          ref={field}
          className={style.search ?? ""}
          type="search"
          aria-label={t("plans.search")}
          placeholder={t("plans.search")}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      ) : undefined}
      {wanted !== "" && shown.length === 0 ? <p>{t("plans.nothingFound")}</p> : undefined}
      <Rows label={t("title")}>
        {shown.map((plan) => (
          <PlanRow key={plan.id} plan={plan} onRename={() => setRenamedId(plan.id)} />
        ))}
      </Rows>
      {renamed === undefined ? undefined : (
        <RenameDialog
          id={renamed.id}
          before={renamed.key}
          version={renamed.revision}
          onClose={() => setRenamedId(undefined)}
        />
      )}
      {isNew ? <NewPlan onClose={() => void navigate("/plans", { replace: true })} /> : undefined}
    </Page>
  );
}

function PlanRow({ plan, onRename }: { readonly plan: Entity<RawPlan>; readonly onRename: () => void }) {
  const { t } = useTranslation("plans");
  const act = usePlanActions();
  const canEdit = useMaySave("plan");
  const numbers = plan.usedBy?.filter(({ kind }) => kind === "number") ?? [];
  const steps = outline(plan.document).byNumber.size;
  const uses = numbers.length === 0 ? t("plans.noNumbers") : t("plans.numbers", { count: numbers.length });
  return (
    <Row
      to={`/plans/${plan.id}`}
      tile={<Tile icon={IconRoute} tone="brand" />}
      title={plan.document.name}
      detail={`${t("plans.steps", { count: steps })} · ${uses}`}
      trail={
        !canEdit ? undefined : (
          <Menu position="bottom-end" width={200}>
            <Menu.Target>
              <button type="button" className={style.more} aria-label={t("plans.menu", { plan: plan.key })}>
                <IconDots size={18} aria-hidden="true" />
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={onRename}>
                {t("rename.title")}
              </Menu.Item>
              <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => void act.duplicate(plan)}>
                {t("plans.duplicate")}
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => void act.remove(plan)}>
                {t("plans.remove")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )
      }
    />
  );
}

/** What is done with whole plans; what could not be done is said. */
function usePlanActions() {
  const { t } = useTranslation("plans");
  const whyNot = useWhyNot();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const guarded = async (run: () => Promise<void>): Promise<void> => {
    try {
      await run();
      await client.invalidateQueries({ queryKey: planKeys.list });
    } catch (error) {
      toast({
        text: t("plans.failed", { why: whyNot(error) }),
        tone: "bad",
      });
    }
  };
  return {
    duplicate: (plan: Entity<RawPlan>) =>
      guarded(async () => {
        const copy = await createPlan({
          ...plan.document,
          name: t("plans.copyOf", { plan: plan.document.name }),
        });
        await navigate(`/plans/${copy.id}`);
      }),
    remove: (plan: Entity<RawPlan>) =>
      guarded(async () => {
        try {
          await removePlan(plan.id, plan.revision);
        } catch (error) {
          if (!(error instanceof ApiError) || error.status !== 409 || !Array.isArray(error.more.users))
            throw error;
          const users = (error.more.users as readonly { readonly key: string }[])
            .map(({ key }) => key)
            .join(", ");
          toast({ text: t("plans.inUse", { plan: plan.key, users }), tone: "bad" });
          return;
        }
        toast({
          text: t("plans.removed", { plan: plan.key }),
          undo: () =>
            void guarded(async () => {
              await restorePlan(plan.id);
            }),
        });
      }),
  };
}

/** A plan is live at once, so it is not empty: it rings the first phone, or says that nobody is there. */
function firstStep(phone: string | undefined): RawStep {
  return phone === undefined ? { type: "hangUp", as: "normal" } : { type: "phone", phone, ringSeconds: 20 };
}

function NewPlan({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation("plans");
  const { t: shell } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = async (name: string): Promise<undefined> => {
    const phones = await client.ensureQueryData(phonesQuery());
    const plan = await createPlan({ name, steps: [firstStep(phones[0]?.key)] });
    await client.invalidateQueries({ queryKey: planKeys.list });
    await navigate(`/plans/${plan.id}`, { replace: true });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("plans.new")}
      closeButtonProps={{ "aria-label": shell("do.close") }}
    >
      <NameForm label={t("plans.name")} action={t("plans.create")} onSend={create} onClose={onClose} />
    </Modal>
  );
}
