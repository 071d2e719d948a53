import { Button, Menu } from "@mantine/core";
import { useElementSize, useMediaQuery } from "@mantine/hooks";
import { IconDownload, IconPlayerPlay } from "@tabler/icons-react";
import { type Ref, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import type { StoryEvent } from "../../../../src/model/call-record.ts";
import { Page, PageHead } from "../../components/page.tsx";
import { Segmented } from "../../components/segmented.tsx";
import { ErrorState, PageSkeleton } from "../../components/states.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { useDutch } from "../../i18n/use-dutch.ts";
import { RESULT_TONES } from "../../lib/call-results.ts";
import { duration, fullTime, otherTimeZone } from "../../lib/format.ts";
import { useWrittenNumber } from "../../lib/phone-number.ts";
import { type Actor, actors } from "./actors.ts";
import { axisOf } from "./axis.ts";
import { ScaleBar } from "./bar.tsx";
import { exportHref, useCall } from "./call.ts";
import style from "./call-page.module.css";
import { Details } from "./details.tsx";
import { Fixes } from "./fixes.tsx";
import { FollowsTheEnd } from "./follows-the-end.tsx";
import { headline } from "./headline.ts";
import { ACTOR_WIDTH, Ladder, NARROW_ACTOR_WIDTH } from "./ladder.tsx";
import { useLastedMs } from "./lasted.ts";
import type { Row } from "./row.ts";
import { rowsOf } from "./rows.ts";
import type { ShownCall } from "./shown-call.ts";
import { StoryList } from "./story.tsx";
import { storyRows } from "./story-rows.ts";

const VIEWS = ["story", "important", "every"] as const;
type ShownView = (typeof VIEWS)[number];

/** One call: why it went where it went. */
export function Component() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useCall(id);
  if (data !== undefined) return <CallPage key={data.id} call={data} />;
  return error === null ? <PageSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
}

function CallPage({ call }: { readonly call: ShownCall }) {
  const { t } = useTranslation("calls");
  const [query, setQuery] = useSearchParams();
  const isPhone = useMediaQuery("(max-width: 48em)");
  const [hasLadder, setLadder] = useState(false);
  const { ref: head, height: headHeight } = useElementSize<HTMLDivElement>();
  const view = VIEWS.find((one) => one === query.get("view")) ?? "important";
  const rows = useMemo(() => (view === "story" ? storyRows(call) : rowsOf(call, view)), [call, view]);
  const opened = rows.find(({ seq }) => String(seq) === query.get("entry"));
  const set = (key: string, value: string | undefined): void =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === undefined) next.delete(key);
        else next.set(key, value);
        return next;
      },
      // Rows stay where they are.
      { replace: true, preventScrollReset: true },
    );
  const step = (by: 1 | -1): void => {
    const at = rows.findIndex((row) => row === opened) + by;
    const next = rows[at];
    if (next !== undefined) set("entry", String(next.seq));
  };
  const showsLadder = view !== "story" && (!isPhone || hasLadder);
  return (
    <Page
      width="wide"
      head={<CallHead ref={head} call={call} />}
      headHeight={headHeight}
      side={
        opened === undefined ? undefined : (
          <Details row={opened} onClose={() => set("entry", undefined)} onStep={step} />
        )
      }
    >
      {call.result === "refused" ? <Fixes id={call.id} /> : undefined}
      <ScaleBar call={call} />
      <div className={style["choose"]}>
        <Segmented
          label={t("view.label")}
          value={view}
          onChange={(value) => set("view", value === "important" ? undefined : value)}
          choices={VIEWS.map((one: ShownView) => ({ value: one, label: t(`view.${one}`) }))}
        />
        {isPhone && view !== "story" ? (
          <Button variant="default" onClick={() => setLadder(!hasLadder)}>
            {t(hasLadder ? "noLadder" : "ladder")}
          </Button>
        ) : undefined}
        <p className={style["note"]}>{t("times")}</p>
      </div>
      <Story
        call={call}
        rows={rows}
        opened={opened}
        showsLadder={showsLadder}
        onOpen={(seq) => set("entry", query.get("entry") === String(seq) ? undefined : String(seq))}
      />
      <FollowsTheEnd key={view} rows={rows.length} />
    </Page>
  );
}

function Story({
  call,
  rows,
  opened,
  showsLadder,
  onOpen,
}: {
  readonly call: ShownCall;
  readonly rows: readonly Row[];
  readonly opened: Row | undefined;
  readonly showsLadder: boolean;
  readonly onOpen: (seq: number) => void;
}) {
  const { t } = useTranslation("calls");
  const { ref, width } = useElementSize();
  const parts = useMemo(() => actors(call), [call]);
  const axis = useMemo(() => axisOf(rows.map((row) => ({ ...row, isTall: row.more !== undefined }))), [rows]);
  if (!showsLadder) {
    return <StoryList rows={rows} axis={axis} isPlain opened={opened?.seq} onOpen={onOpen} />;
  }
  const textWidth = opened === undefined ? 450 : 380;
  const isNarrow = width > 0 && width < textWidth + parts.length * ACTOR_WIDTH;
  const actorWidth = isNarrow ? NARROW_ACTOR_WIDTH : ACTOR_WIDTH;
  return (
    <div className={style["ladder"]} data-beside={opened === undefined ? undefined : ""} ref={ref}>
      <div className={style["sheet"]} style={{ gridTemplateColumns: `${textWidth}px max-content` }}>
        <div className={style["columns"]}>
          <span>{t("time")}</span>
          <span>{t("what")}</span>
        </div>
        <Heads call={call} parts={parts} actorWidth={actorWidth} />
        <StoryList rows={rows} axis={axis} opened={opened?.seq} onOpen={onOpen} />
        <Ladder call={call} rows={rows} axis={axis} actors={parts} actorWidth={actorWidth} />
      </div>
    </div>
  );
}

function Heads({
  call,
  parts,
  actorWidth,
}: {
  readonly call: ShownCall;
  readonly parts: readonly Actor[];
  readonly actorWidth: number;
}) {
  const { t } = useTranslation("calls");
  const { t: shell } = useTranslation();
  const written = useWrittenNumber();
  const plan = planOf(call);
  const below = (actor: Actor): string => {
    if (actor.kind !== "us")
      return [t(`actor.${actor.kind}`), actor.place].filter((one) => one !== "").join(" · ");
    return plan === undefined
      ? t("actor.usAlone")
      : t("actor.us", { plan: plan.plan, version: plan.version });
  };
  return (
    <ul className={style["heads"]}>
      {parts.map((actor) => (
        <li key={actor.key} data-kind={actor.kind} style={{ width: actorWidth }}>
          <strong>
            {[written(actor.name) || shell("anonymous"), actor.detail].filter((one) => one !== "").join(" ")}
          </strong>
          <span title={below(actor)}>{below(actor)}</span>
        </li>
      ))}
    </ul>
  );
}

function CallHead({ ref, call }: { readonly ref: Ref<HTMLDivElement>; readonly call: ShownCall }) {
  const { t } = useTranslation("calls");
  const { t: shell } = useTranslation();
  const written = useWrittenNumber();
  const caller = written(call.caller) || shell("anonymous");
  const plan = planOf(call);
  const sentence = headline(call, t, useDutch());
  const zone = otherTimeZone();
  const facts: readonly (readonly [name: string, value: React.ReactNode])[] = [
    [
      t("fact.result"),
      <StatusBadge key="result" tone={RESULT_TONES[call.result]}>
        {shell(`result.${call.result}`)}
      </StatusBadge>,
    ],
    [t("fact.from"), [caller, call.callerName].filter(Boolean).join(" ")],
    [t("fact.to"), written(call.called)],
    [t("fact.when"), zone === undefined ? fullTime(call.startedAt) : `${fullTime(call.startedAt)} (${zone})`],
    [t("fact.took"), <Took key="took" call={call} />],
    ...(plan === undefined
      ? []
      : [
          [
            t("fact.plan"),
            <Link key="plan" to={planHref(plan)}>
              {t("fact.planVersion", { plan: plan.plan, version: plan.version })}
            </Link>,
          ] as const,
        ]),
  ];
  return (
    <div ref={ref} className={style["head"]}>
      <PageHead
        title={<span className={style["sentence"]}>{sentence}</span>}
        documentTitle={`${caller} → ${written(call.called)}`}
        crumb={{ to: "/calls", label: t("title"), isBack: true }}
        actions={
          <>
            {plan?.planId === undefined ? undefined : (
              <Button
                component={Link}
                to={`/plans/${plan.planId}/draft?simulate=1&number=${encodeURIComponent(call.called)}&from=${encodeURIComponent(call.caller)}`}
                variant="default"
                leftSection={<IconPlayerPlay size={16} />}
              >
                {t("simulate")}
              </Button>
            )}
            <Download id={call.id} />
          </>
        }
      />
      <dl className={style["facts"]}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Apart, as nothing else changes with each second. */
function Took({ call }: { readonly call: ShownCall }) {
  return duration(useLastedMs(call));
}

function Download({ id }: { readonly id: string }) {
  const { t } = useTranslation("calls");
  const kinds = [
    ["html", t("downloadHtml")],
    ["pcap", t("downloadPcap")],
    ["json", t("downloadJson")],
  ] as const;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} />}>
          {t("download")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map(([as, label]) => (
          <Menu.Item key={as} component="a" href={exportHref(id, as)} download>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

type Entered = Extract<StoryEvent, { readonly type: "plan" }>;

/** Undefined: no plan of the company took the call. */
function planOf({ story }: ShownCall): Entered | undefined {
  const entered = story.find((event): event is Entered => event.type === "plan");
  return entered?.version === 0 ? undefined : entered;
}

function planHref({ planId, version }: Entered): string {
  return planId === undefined ? "/plans" : `/plans/${planId}/versions/${version}`;
}
