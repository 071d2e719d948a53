import { DEFAULT_PROMPTS } from "../../../src/model/default-prompts.ts";
import { EntitySelect } from "./entity-select.tsx";
import style from "./message-select.module.css";
import { PlayButton } from "./play-button.tsx";

const PROMPTS = DEFAULT_PROMPTS.map(({ name }) => name);

/** An audio message, chosen and heard. */
export function MessageSelect({
  label,
  description,
  none,
  value,
  error,
  disabled,
  onChange,
}: {
  readonly label: string;
  readonly description: string;
  /** What it means that there is none. */
  readonly none: string;
  readonly value: string | undefined;
  readonly error: string | undefined;
  readonly disabled: boolean;
  readonly onChange: (name: string | undefined) => void;
}) {
  return (
    <div className={style["row"]}>
      <EntitySelect
        kind="audioMessage"
        extra={PROMPTS}
        label={label}
        description={description}
        placeholder={none}
        value={value}
        error={error}
        disabled={disabled}
        onChange={onChange}
      />
      <PlayButton key={value} name={value} />
    </div>
  );
}
