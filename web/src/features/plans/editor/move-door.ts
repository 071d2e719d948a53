import { storeOf } from "../state/store.ts";

/** Which step "Move to …" was asked for. */
export const moveDoor = storeOf<string | undefined>(undefined);

export function openMove(number: string): void {
  moveDoor.set(() => number);
}

export function closeMove(): void {
  moveDoor.set(() => undefined);
}
