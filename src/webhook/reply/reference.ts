import { type FaultExample, type ReplyFault, rawExample, replyFaults } from "./catalogue.ts";
import { correctedLine } from "./judgement.ts";
import { readReply } from "./read-reply.ts";

/** `docs/reference/replies.md`: every fault of a reply that is known, with what the reader itself says of an example. */
export function repliesReference(): string {
  const of = (effect: ReplyFault["effect"]): string =>
    replyFaults
      .filter((fault) => fault.effect === effect)
      .map(section)
      .join("");
  return `# Faults of webhook replies

What replies of the field look like that are not quite what they should be, and what comes of each. \`switchhook reply FILE\` reads
a reply as a call does and says the same; the form of a webhook does so too. This page is made from \`src/webhook/reply\`.

A reply is read where it is certain what was meant; the note says how it should be written. Everything else fails, with a
sentence that says what stands there. No line that is advised makes a NAK or ERR an ACK.

# Read, with a note
${of("read")}
# Failed
${of("fails")}`;
}

function section(fault: ReplyFault): string {
  const { code, title, example } = fault;
  const read = readReply(rawExample(example), example.sent);
  const note = read.notes.find((one) => one.code === code);
  const line = correctedLine(read);
  return `
## ${title}: \`${code}\`

${shown(example)}
${note?.text ?? read.reason}
${line === undefined ? "" : `\n\`\`\`\n${line}\n\`\`\`\n`}`;
}

/** The reply as it comes, what is not to be seen written out. */
function shown({ body, status = 200, octets, contentEncoding, sent }: FaultExample): string {
  const about = [
    ...(status === 200 ? [] : [`HTTP ${status}`]),
    ...(octets === undefined ? [] : [octets === "gzip" ? "compressed with gzip" : "in UTF-16"]),
    ...(contentEncoding === undefined ? [] : [`\`Content-Encoding: ${contentEncoding}\``]),
    ...(sent?.callername === undefined ? [] : [`the caller's name is \`${sent.callername}\``]),
  ].join(", ");
  const text = body.replace(/\p{Cf}/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const head = about === "" ? "" : `${about[0]?.toUpperCase() ?? ""}${about.slice(1)}:\n\n`;
  return `${head}\`\`\`\n${text}\n\`\`\`\n`;
}
