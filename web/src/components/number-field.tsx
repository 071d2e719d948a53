import { NumberInput, type NumberInputProps } from "@mantine/core";
import { useState } from "react";

/** A number. While it is deleted, so that another can be typed, nothing stands there; who leaves it so sees what holds: `otherwise`. */
export function NumberField({
  value,
  otherwise,
  suffix = "",
  onValue,
  onBlur,
  ...rest
}: Omit<NumberInputProps, "value" | "onChange" | "suffix" | "onBlur"> & {
  readonly value: number | undefined;
  /** What holds without a number. */
  readonly otherwise?: number | undefined;
  readonly suffix?: string;
  readonly onValue: (value: number | undefined) => void;
  readonly onBlur?: (() => void) | undefined;
}) {
  const [isCleared, setCleared] = useState(false);
  return (
    <NumberInput
      allowDecimal={false}
      clampBehavior="none"
      {...(otherwise === undefined ? {} : { placeholder: `${otherwise}${suffix}` })}
      {...rest}
      suffix={suffix}
      value={isCleared ? "" : (value ?? otherwise ?? "")}
      onChange={(next) => {
        setCleared(next === "");
        onValue(typeof next === "number" ? next : undefined);
      }}
      onBlur={() => {
        setCleared(false);
        onBlur?.();
      }}
    />
  );
}
