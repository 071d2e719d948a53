/** A primitive that only its parser may make: `type E164 = Brand<string, "E164">`. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
