/**
 * A copy of a text that stands by itself. A part of a text (a slice, as a parser makes) keeps the whole of it alive:
 * what outlives the message it was read from is copied first.
 */
export function flat<Text extends string>(text: Text): Text {
  // Of two parts that both say something: V8 gives the only one that does back as it is. A shorter part was a copy from the start.
  return text.length < SHORTEST_PART ? text : ([text.slice(0, 1), text.slice(1)].join("") as Text);
}

/** V8 makes shorter parts by copying. */
const SHORTEST_PART = 13;
