/**
 * A state machine as a table that can be laid beside the RFC's figure. Every cell is written, so that the
 * compiler stops at a missing one; `"ignore"` says that the event means nothing in that state.
 */
export interface Transition<State extends string, Action extends string> {
  readonly to: State;
  readonly do: readonly Action[];
}

export type Cell<State extends string, Action extends string> = Transition<State, Action> | "ignore";

export type Table<State extends string, Event extends string, Action extends string> = Readonly<
  Record<State, Readonly<Record<Event, Cell<State, Action>>>>
>;

/** The cell for an event in a state. */
export function next<State extends string, Event extends string, Action extends string>(
  table: Table<State, Event, Action>,
  state: State,
  event: Event,
): Cell<State, Action> {
  return table[state][event];
}

/** The table as a mermaid state diagram, printed by its test and kept beside it. */
export function mermaid<State extends string, Event extends string, Action extends string>(
  table: Table<State, Event, Action>,
  initial: State,
): string {
  const lines = ["stateDiagram-v2", `  [*] --> ${initial}`];
  for (const [state, row] of Object.entries<Readonly<Record<Event, Cell<State, Action>>>>(table)) {
    for (const [event, cell] of Object.entries<Cell<State, Action>>(row)) {
      if (cell === "ignore") continue;
      const actions = cell.do.length > 0 ? ` / ${cell.do.join(", ")}` : "";
      lines.push(`  ${state} --> ${cell.to}: ${event}${actions}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
