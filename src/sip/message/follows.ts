/**
 * Methods whose requests follow on something that is there already: ACK, BYE, CANCEL, PRACK, UPDATE, INFO. A new INVITE
 * inside a dialog cannot be told from one outside of it before it is read.
 */
const FOLLOWING = ["ACK ", "BYE ", "CANCEL ", "PRACK ", "UPDATE ", "INFO "].map((word) => Buffer.from(word));

/** Whether octets begin like a response or a request that follows on another; looks at the first few only. */
export function followsOnSomething(octets: Buffer): boolean {
  const [first] = octets;
  if (first === undefined) return false;
  if (first === S) return octets.length > 3 && octets[1] === I && octets[2] === P && octets[3] === SLASH;
  return FOLLOWING.some((word) => word[0] === first && octets.subarray(0, word.length).equals(word));
}

const [S, I, P, SLASH] = Buffer.from("SIP/");
