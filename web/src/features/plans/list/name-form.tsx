import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWhyNot } from "../../../lib/use-why-not.ts";
import style from "./list.module.css";

/** A plan's name and a button. `onSend` gives why it was not taken, as a sentence. */
export function NameForm({
  label,
  help,
  before = "",
  action,
  onSend,
  onClose,
}: {
  readonly label: string;
  readonly help?: string;
  readonly before?: string;
  readonly action: string;
  readonly onSend: (name: string) => Promise<string | undefined>;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("plans");
  const whyNot = useWhyNot();
  const [typed, setTyped] = useState(before);
  const [isSending, setSending] = useState(false);
  const [failed, setFailed] = useState<string>();
  const name = typed.trim();
  const send = async (): Promise<void> => {
    setSending(true);
    setFailed(undefined);
    try {
      setFailed(await onSend(name));
    } catch (error) {
      setFailed(whyNot(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <form
      className={style.form}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <TextInput
        data-autofocus
        label={label}
        description={help}
        maxLength={100}
        required
        value={typed}
        error={failed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <div className={style.buttons}>
        <Button variant="default" onClick={onClose}>
          {t("plans.cancel")}
        </Button>
        <Button type="submit" loading={isSending} disabled={name === "" || name === before}>
          {action}
        </Button>
      </div>
    </form>
  );
}
