/**
 * A copy of a text that stands by itself. A part of a text (a slice, as a parser makes) keeps the whole of it alive:
 * what outlives the message it was read from is copied first.
 */
export function flat<Text extends string>(text: Text): Text {
  return text === "" ? text : (["", text].join("") as Text);
}
