// Opens a gate for those who may: a relay with an address of its own, such as a Shelly. Start: node receiver.mjs
//   GATE_URL=http://192.168.10.20/relay/0?turn=on&timer=2
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const allowed = JSON.parse(readFileSync(new URL("allowed.json", import.meta.url), "utf8"));
const gate = process.env.GATE_URL;

async function open() {
  if (gate === undefined) return console.log("the gate opens (GATE_URL is not set, so only here)");
  const { ok, status } = await fetch(gate, { signal: AbortSignal.timeout(3_000) });
  if (!ok) throw new Error(`the relay answered ${status}`);
  console.log("the gate opens");
}

createServer(async (request, response) => {
  const { searchParams } = new URL(request.url, "http://localhost");
  const callerid = searchParams.get("callerid") ?? "";
  const name = Object.hasOwn(allowed, callerid) ? allowed[callerid] : undefined;
  response.setHeader("content-type", "application/x-www-form-urlencoded");
  console.log(name === undefined ? `${callerid || "an unknown number"} may not` : `${name} may`);
  if (name === undefined) return response.end("status=NAK");
  try {
    await open();
    response.end("status=ACK");
  } catch (error) {
    console.error(error.message);
    response.end("status=ERR");
  }
}).listen(Number(process.env.PORT ?? 21162), process.env.HOST ?? "127.0.0.1");
