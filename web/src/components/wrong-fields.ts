/** Opens what hides a field of the page with a fault; answers the first such field. */
export function openWrongFields(): HTMLElement | undefined {
  const wrong = [...document.querySelectorAll<HTMLElement>("main [aria-invalid=true]")];
  for (const field of wrong) {
    const box = field.closest("details");
    if (box !== null) box.open = true;
  }
  return wrong[0];
}
