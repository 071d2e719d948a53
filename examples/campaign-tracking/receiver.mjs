// Counts calls of campaigns in Google Analytics 4: one event of the Measurement Protocol for each call. Start: node receiver.mjs
import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const campaigns = JSON.parse(readFileSync(new URL("campaigns.json", import.meta.url), "utf8"));
// Of the data stream: Admin, Data streams, Measurement Protocol API secrets.
const { GA4_MEASUREMENT_ID: id, GA4_API_SECRET: secret } = process.env;
const endpoint = process.env.GA4_ENDPOINT ?? "https://www.google-analytics.com/mp/collect";
/** Keep it, and a caller who calls twice is one user: GA4_SALT=… */
const salt = process.env.GA4_SALT ?? randomBytes(16);

/** A caller as Analytics may know one: the same each time, and no phone number. */
function clientId(callerid) {
  const digest = createHmac("sha256", salt).update(callerid).digest();
  return `${digest.readUInt32BE(0)}.${digest.readUInt32BE(4)}`;
}

async function count(campaign, did, callerid) {
  const event = {
    client_id: clientId(callerid),
    events: [{ name: "phone_call", params: { campaign, called_number: did, engagement_time_msec: 1 } }],
  };
  if (id === undefined || secret === undefined)
    return console.log(
      `not sent, GA4_MEASUREMENT_ID and GA4_API_SECRET are not set: ${JSON.stringify(event)}`,
    );
  const url = `${endpoint}?measurement_id=${encodeURIComponent(id)}&api_secret=${encodeURIComponent(secret)}`;
  const { status } = await fetch(url, {
    method: "POST",
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(10_000),
  });
  console.log(`${campaign}: Google Analytics answered ${status}`);
}

createServer((request, response) => {
  const { searchParams } = new URL(request.url, "http://localhost");
  const did = searchParams.get("did") ?? "";
  const campaign = campaigns[did];
  // First the reply: no call waits for Analytics.
  response.setHeader("content-type", "application/x-www-form-urlencoded");
  const reply = campaign === undefined ? { status: "NAK" } : { status: "ACK", callername: campaign };
  response.end(new URLSearchParams(reply).toString());
  if (campaign !== undefined)
    count(campaign, did, searchParams.get("callerid") ?? "").catch((error) =>
      console.error(`${campaign}: Google Analytics was not reached: ${error.message}`),
    );
}).listen(Number(process.env.PORT ?? 21142), process.env.HOST ?? "127.0.0.1");
