/** The words of another language: the same keys as English. */
export type Words<English> = {
  readonly [Key in keyof English]: English[Key] extends string ? string : Words<English[Key]>;
};

/**
 * The words of each part of the interface by its namespace. A feature adds its own beside its English words:
 * `declare module "../../../i18n/words.ts" { interface Namespaces { readonly plans: typeof en } }`
 */
// biome-ignore lint: an interface, so that others can add to it
export interface Namespaces {}
