// Looks for a planted secret in octets, in the ways that programs write one. It shares no code with lib/masker.ts.

/** A secret as it is and in the encodings in which a program may write it. */
export function written(secret: string): readonly string[] {
  const octets = Buffer.from(secret);
  const encoded = encodeURIComponent(secret);
  const hex = octets.toString("hex");
  const every = hex.replace(/../g, "%$&");
  const forms = [
    secret,
    encoded,
    encoded.toLowerCase(),
    encodeURIComponent(encoded),
    new URLSearchParams({ x: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    every,
    every.toUpperCase(),
    hex,
    hex.toUpperCase(),
    octets.toString("latin1"),
    ...[0, 1, 2].flatMap((before) => inBase64(octets, before)),
  ];
  return [...new Set(forms)];
}

/** What a text in base64 has of a secret that begins `before` octets after a group of three, sure characters only. */
function inBase64(octets: Buffer, before: number): readonly string[] {
  return (["base64", "base64url"] as const).map((encoding) => {
    const text = Buffer.concat([Buffer.alloc(before, "z"), octets]).toString(encoding);
    // The first characters hold bits of what stands before, the last ones bits of what comes after.
    const end = octets.length + before - ((octets.length + before) % 3);
    return text.slice(before === 0 ? 0 : before + 1, (end / 3) * 4);
  });
}

/** Where one of the forms stands, with what stands around it; each place once. */
export function occurrences(
  seen: readonly (readonly [where: string, what: Buffer])[],
  forms: readonly string[],
): readonly string[] {
  return seen.flatMap(([where, what]) => {
    const at = Math.max(...forms.map((form) => what.indexOf(form)));
    return at < 0
      ? []
      : [`${where}: ${JSON.stringify(what.toString("latin1", Math.max(0, at - 60), at + 60))}`];
  });
}
