/** With a full stop at its end, unless it ends a sentence already. */
export function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
