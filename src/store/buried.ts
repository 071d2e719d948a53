/** How long what went is remembered, secrets and all. */
export const BURIED_MS = 30 * 86_400_000;
