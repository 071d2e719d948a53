/** Asks for a program: what a file of it exports. */
export type Load<Component> = () => Promise<{ readonly default: Component }>;

/** Fetches a program; answers how to no longer be told where it cannot be had, as who asked for it is gone by then. */
export function fetchProgram<Component>(
  load: Load<Component>,
  onThere: (made: Component) => void,
  onMissing: () => void,
): () => void {
  let isGone = false;
  load().then(
    (file) => onThere(file.default),
    () => {
      if (!isGone) onMissing();
    },
  );
  return () => {
    isGone = true;
  };
}
