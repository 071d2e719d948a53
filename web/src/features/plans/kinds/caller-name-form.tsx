import { Radio, TextInput } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Branch } from "../../../../../src/dialplan/steps/step.ts";
import { Handset } from "../../../components/handset.tsx";
import { useAbout, usePlanView } from "../editor/view.ts";
import style from "../inspector/inspector.module.css";
import type { Outline, StepNode } from "../tree/outline.ts";
import { shownName, untakenReply } from "../tree/shown-name.ts";
import { type About, type StepFormProps, textAt } from "./face.ts";
import { face as webhookFace } from "./webhook.ts";

const MODES = ["webhook", "prepend", "replace"] as const;
/** A call to show it by: the names are nobody's. */
const SAMPLE = { callerName: "J. Jansen", returnedName: "Jansen Co" };
const SAMPLE_NUMBER = "+31 6 1234 5678";

/** The three ways of a caller name. Not drawn anew for each letter of the text. */
const Modes = memo(function Modes({
  mode,
  isUnderWebhook,
  isFixed,
  hasText,
  change,
}: {
  readonly mode: string;
  readonly isUnderWebhook: boolean;
  readonly hasText: boolean;
} & Pick<StepFormProps, "isFixed" | "change">) {
  const { t } = useTranslation("plans");
  return (
    <Radio.Group
      label={t("fields.callerName.mode.label")}
      value={mode}
      onChange={(next) =>
        change([
          ["mode", next],
          ...(next === "webhook" ? [["text"] as const] : hasText ? [] : [["text", ""] as const]),
        ])
      }
    >
      {MODES.map((one) => (
        <Radio
          key={one}
          mt={8}
          value={one}
          label={t(`choices.mode.${one}`)}
          disabled={isFixed || (one === "webhook" && !isUnderWebhook && mode !== "webhook")}
          description={one === "webhook" && !isUnderWebhook ? t("kind.onlyUnderWebhook") : undefined}
        />
      ))}
    </Radio.Group>
  );
});

/** The three ways, the text, and what the phone will show. */
export function CallerNameForm({ step, number, isFixed, change }: StepFormProps) {
  const { t } = useTranslation("plans");
  const { editor } = usePlanView();
  const { laid } = editor.store.get();
  const node = laid.byNumber.get(number);
  const mode = textAt(step, "mode");
  const isUnderWebhook = node?.level.given.has("webhookReply") === true;
  return (
    <>
      <Modes
        mode={mode}
        isUnderWebhook={isUnderWebhook}
        isFixed={isFixed}
        change={change}
        hasText={Object.hasOwn(step, "text")}
      />
      {mode === "webhook" ? undefined : (
        <TextInput
          label={t("fields.callerName.text.label")}
          description={mode === "prepend" ? t("fields.callerName.text.help") : undefined}
          disabled={isFixed}
          maxLength={64}
          value={textAt(step, "text")}
          onChange={({ currentTarget }) => change([["text", currentTarget.value]], true)}
        />
      )}
      {node === undefined ? undefined : (
        <>
          {mode === "prepend" ? <NotTaken node={node} isFixed={isFixed} /> : undefined}
          <Sample laid={laid} node={node} />
        </>
      )}
    </>
  );
}

/** Under a webhook whose name no step has taken: a text in front of the name is in front of another one. */
function NotTaken({ node, isFixed }: { readonly node: StepNode; readonly isFixed: boolean }) {
  const { t } = useTranslation("plans");
  const about = useAbout();
  const { editor } = usePlanView();
  const branch = untakenReply(editor.store.get().laid, node);
  if (branch === undefined || isFailed(branch, about)) return undefined;
  return (
    <div className={style.problem} role="note">
      <IconInfoCircle size={18} stroke={1.7} aria-hidden="true" />
      <div>
        {t("kind.notTaken")}
        {isFixed ? undefined : (
          <button
            type="button"
            className={style.use}
            onClick={() => editor.insert([{ type: "callerName", mode: "webhook" }], node.path)}
          >
            {t("kind.take")}
          </button>
        )}
      </div>
    </div>
  );
}

/** A webhook that failed returned no name. */
function isFailed({ path }: Branch, about: About): boolean {
  return webhookFace.branch?.(path, about).tone === "bad";
}

/** The name for a sample call, and whose it is where it has the webhook's in it. */
function Sample({ laid, node }: { readonly laid: Outline; readonly node: StepNode }) {
  const { t } = useTranslation("plans");
  const about = useAbout();
  const nameOf = (sample: typeof SAMPLE): string =>
    shownName(laid, node, sample, (branch) => isFailed(branch, about));
  const name = nameOf(SAMPLE);
  const isReturned = name !== nameOf({ ...SAMPLE, returnedName: "" });
  const sample = isReturned ? t("handset.sample", { name: SAMPLE.returnedName }) : "";
  return (
    <Handset
      label={`${t("handset.label")} ${sample}`.trim()}
      name={name || undefined}
      number={SAMPLE_NUMBER}
    />
  );
}
