import { PasswordInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface PresentPasswordProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** The password of who is signed in, once more; who `isTrusted` is not asked for it. */
export function PresentPassword({ value, onChange }: PresentPasswordProps) {
  const { t } = useTranslation("settings");
  return (
    <PasswordInput
      label={t("you.current")}
      autoComplete="current-password"
      required
      withAsterisk={false}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
