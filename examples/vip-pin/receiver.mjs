// Lets those in who know a code: ACK lets the call through, NAK asks again. Start: node receiver.mjs
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const codes = JSON.parse(readFileSync(new URL("codes.json", import.meta.url), "utf8"));

createServer(async (request, response) => {
  let form = "";
  for await (const chunk of request) form += chunk;
  const code = new URLSearchParams(form).get("code") ?? "";
  const name = Object.hasOwn(codes, code) ? codes[code] : undefined;
  // The code itself is not logged.
  console.log(name === undefined ? "a code that nobody has" : `the code of ${name}`);
  const reply = name === undefined ? { status: "NAK" } : { status: "ACK", callername: name };
  response.setHeader("content-type", "application/x-www-form-urlencoded");
  response.end(new URLSearchParams(reply).toString());
}).listen(Number(process.env.PORT ?? 21132), process.env.HOST ?? "127.0.0.1");
