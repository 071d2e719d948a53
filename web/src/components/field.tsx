import { Input } from "@mantine/core";
import { type ReactNode, useId } from "react";

/**
 * The label, the help and the fault around a control of one's own; Mantine's inputs have the same by themselves
 * (`label`, `description`, `error`). The control gets what ties it to them.
 */
export function Field({
  label,
  help,
  error,
  required = false,
  children,
}: {
  readonly label: string;
  readonly help?: ReactNode;
  readonly error?: ReactNode;
  readonly required?: boolean;
  readonly children: (tie: {
    readonly id: string;
    readonly "aria-describedby": string | undefined;
    readonly "aria-invalid": boolean;
  }) => ReactNode;
}) {
  const id = useId();
  const describedBy = [
    help === undefined ? undefined : `${id}-help`,
    error === undefined ? undefined : `${id}-error`,
  ].filter((one) => one !== undefined);
  return (
    <div>
      <Input.Label htmlFor={id} required={required}>
        {label}
      </Input.Label>
      {help === undefined ? undefined : <Input.Description id={`${id}-help`}>{help}</Input.Description>}
      {children({
        id,
        "aria-describedby": describedBy.length === 0 ? undefined : describedBy.join(" "),
        "aria-invalid": error !== undefined,
      })}
      {error === undefined ? undefined : <Input.Error id={`${id}-error`}>{error}</Input.Error>}
    </div>
  );
}
