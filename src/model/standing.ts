/** Of what it is known now that it stands otherwise than before: a trunk by its name, or a phone whose login failed. */
export type Standing =
  | { readonly kind: "trunk"; readonly name: string }
  | { readonly kind: "login"; readonly extension: string };
