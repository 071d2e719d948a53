import { type RefObject, useEffect, useRef } from "react";

/** Whether who asked is still on the page: for what comes after a wait. */
export function useIsShown(): Readonly<RefObject<boolean>> {
  const isShown = useRef(false);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  return isShown;
}
