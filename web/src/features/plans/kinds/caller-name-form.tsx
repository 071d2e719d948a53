import { Radio, TextInput } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Handset } from "../../../components/handset.tsx";
import { usePlanView } from "../editor/view.ts";
import { shownName } from "../tree/shown-name.ts";
import { type StepFormProps, textAt } from "./face.ts";

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
        <Handset
          label={[
            t("handset.label"),
            isUnderWebhook ? t("handset.sample", { name: SAMPLE.returnedName }) : "",
          ]
            .join(" ")
            .trim()}
          name={shownName(laid, { ...node, step }, SAMPLE) || undefined}
          number={SAMPLE_NUMBER}
        />
      )}
    </>
  );
}
