/**
 * Makes several things of which one needs the other: `make` gives for each what takes it back. Where one cannot be made, those before
 * it are taken back, the last one first; throws why that one could not be, whatever came of the taking back.
 */
export async function allOrNone<Made>(
  make: (made: (takeBack: () => Promise<unknown>) => void) => Promise<Made>,
): Promise<Made> {
  const takeBacks: (() => Promise<unknown>)[] = [];
  try {
    return await make((takeBack) => takeBacks.unshift(takeBack));
  } catch (error) {
    for (const takeBack of takeBacks) await takeBack().catch(() => undefined);
    throw error;
  }
}
