/**
 * A company file that was typed and not applied, also when another page was looked at: in memory only, since passwords may be in it, and
 * for who typed it alone.
 */
let typed: { readonly text: string; readonly user: string | undefined } = { text: "", user: undefined };

export function typedFile(user: string | undefined): string {
  return typed.user === user ? typed.text : "";
}

export function keepTypedFile(text: string, user: string | undefined): void {
  typed = { text, user };
}
