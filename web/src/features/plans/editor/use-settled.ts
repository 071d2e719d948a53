import { useDeferredValue, useEffect, useState } from "react";

/** Nobody types two letters with so long between them who types at all. */
const QUIET_MS = 120;

/** A value when it has not changed for a moment: what costs more than a frame waits until nobody types. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    if (Object.is(value, settled)) return undefined;
    const timer = setTimeout(() => setSettled(value), QUIET_MS);
    return () => clearTimeout(timer);
  }, [value, settled]);
  return useDeferredValue(settled);
}
