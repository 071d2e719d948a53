import { Button } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import { ProblemList } from "../../components/problem-list.tsx";
import { Refusal } from "../../components/refusal.tsx";
import style from "./offer.module.css";

interface OfferProps {
  readonly icon: Icon;
  /** What would come of it. */
  readonly text: string;
  readonly button: string;
  readonly isBusy: boolean;
  readonly isOff?: boolean;
  /** What the server said instead of doing it. */
  readonly error: Error | null;
  /** Why it cannot work here. */
  readonly problem?: string | undefined;
  readonly onTake: () => void;
}

/** Something that is done for a webhook by one click. */
export function Offer({
  icon: Sign,
  text,
  button,
  isBusy,
  isOff = false,
  error,
  problem,
  onTake,
}: OfferProps) {
  return (
    <div className={style["offer"]}>
      <Sign size={18} stroke={1.6} aria-hidden="true" />
      <span>{text}</span>
      <Button variant="default" size="xs" loading={isBusy} disabled={isOff} onClick={onTake}>
        {button}
      </Button>
      <Refusal error={error} />
      {problem === undefined ? undefined : (
        <ProblemList problems={[{ pointer: "", code: "refused", message: problem }]} />
      )}
    </div>
  );
}
