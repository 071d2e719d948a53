// What a browser went to the OpenID server for, over the way there and back: the page that it comes back to is one.

const LINKING = "switchhook.openIdLink";

/** It goes there to link the person who is signed in. */
export function beginLinking(): void {
  sessionStorage.setItem(LINKING, "1");
}

/** It goes there to sign in: a link that somebody began and left is none. */
export function beginSigningIn(): void {
  sessionStorage.removeItem(LINKING);
}

/** Whether it comes back to be linked; once. */
export function takeLinking(): boolean {
  const isLinking = sessionStorage.getItem(LINKING) !== null;
  sessionStorage.removeItem(LINKING);
  return isLinking;
}
