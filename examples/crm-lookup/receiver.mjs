// Tells Switchhook who calls, and the page at / whose card to open. Start: node receiver.mjs
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const customers = JSON.parse(readFileSync(new URL("customers.json", import.meta.url), "utf8"));
const page = readFileSync(new URL("cards.html", import.meta.url));
let latest = { nth: 0, name: "", card: "" };

/** The reply of Switchhook's request; `+` becomes %2B and `&` %26, as they have to be. */
function route(callerid) {
  const customer = customers[callerid];
  if (customer === undefined) {
    console.log(`${callerid} is nobody's number`);
    return "status=NAK";
  }
  const { name, phone, card } = customer;
  latest = { nth: latest.nth + 1, name, card };
  console.log(`${callerid} is ${name}; their card: ${card}`);
  return new URLSearchParams({ status: "ACK", callername: name, destination: phone }).toString();
}

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const send = (type, body) => response.setHeader("content-type", type).end(body);
  if (pathname === "/route")
    send("application/x-www-form-urlencoded", route(searchParams.get("callerid") ?? ""));
  else if (pathname === "/latest") send("application/json", JSON.stringify(latest));
  else send("text/html; charset=utf-8", page);
}).listen(Number(process.env.PORT ?? 21112), process.env.HOST ?? "127.0.0.1");
