import { useEffect, useState } from "react";

const EVERY_MS = 1000;

/** The time, ms since the epoch; while something goes on it is another one each second. */
export function useNow(isGoingOn: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isGoingOn) return undefined;
    const timer = setInterval(() => setNow(Date.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, [isGoingOn]);
  return now;
}
