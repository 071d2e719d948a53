/** Passwords that were just set, until the page is left: in memory and nowhere else. */
const shown = new Map<string, string>();

export function showOnce(extension: string, password: string): void {
  shown.set(extension, password);
}
export function shownPassword(extension: string): string | undefined {
  return shown.get(extension);
}
export function hidePassword(extension: string): void {
  shown.delete(extension);
}
