/** Text with the digits of a code hidden wherever they stand as a run of their own; each by a star, so that nothing moves. */
export function withoutCode(text: string, code: string): string {
  if (code === "" || !text.includes(code)) return text;
  const stars = "*".repeat(code.length);
  if (!/^\d+$/.test(code)) return text.replaceAll(code, stars);
  return text.replace(/\d+/g, (digits) => (digits === code ? stars : digits));
}
