// Tells of a missed call by e-mail and in Slack. Start: node receiver.mjs
//   MAIL_SERVER=smtp://localhost:25 (or smtps://user:password@mail.example:465), MAIL_FROM, MAIL_TO
//   SLACK_WEBHOOK_URL=https://hooks.slack.com/services/…
import { createServer } from "node:http";
import { sendMail } from "./mail.mjs";

const { MAIL_SERVER: mailServer, SLACK_WEBHOOK_URL: slack } = process.env;
const mailFrom = process.env.MAIL_FROM ?? "switchboard@example.com";
const mailTo = process.env.MAIL_TO ?? "reception@example.com";

async function toSlack(text) {
  const { ok, status } = await fetch(slack, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!ok) throw new Error(`HTTP ${status}`);
}

/** One way to tell somebody, and what came of it. */
async function tell(where, work) {
  try {
    await work();
    console.log(`told ${where}`);
  } catch (error) {
    console.error(`${where} was not reached: ${error.message}`);
  }
}

createServer(async (request, response) => {
  let form = "";
  for await (const chunk of request) form += chunk;
  // Switchhook ignores the answer, and the call has gone on.
  response.end("status=ACK");
  const { callerid = "", callername = "", did = "" } = Object.fromEntries(new URLSearchParams(form));
  const who = `${callername} ${callerid}`.trim() || "somebody without a number";
  const text = `Missed call from ${who} to ${did}`;
  console.log(text);
  if (mailServer !== undefined)
    await tell(mailTo, () => sendMail(mailServer, { from: mailFrom, to: mailTo, subject: text, text }));
  if (slack !== undefined) await tell("Slack", () => toSlack(text));
}).listen(Number(process.env.PORT ?? 21152), process.env.HOST ?? "127.0.0.1");
