/** A company file that was typed and not applied, also when another page was looked at: in memory only, since passwords may be in it. */
let typed = "";

export function typedFile(): string {
  return typed;
}
export function keepTypedFile(text: string): void {
  typed = text;
}
