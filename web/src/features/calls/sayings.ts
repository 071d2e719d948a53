import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useDutch } from "../../i18n/use-dutch.ts";
import { useWrittenNumber } from "../../lib/phone-number.ts";
import type { RowSaying } from "./row-saying.ts";
import { sayRow } from "./say-row.ts";

/** A sentence of a row in the language of the interface. */
export function useSaying(): (said: RowSaying) => string {
  const { t } = useTranslation("calls");
  const dutch = useDutch();
  const written = useWrittenNumber();
  return useCallback((said) => sayRow(t, said, dutch, written), [t, dutch, written]);
}
