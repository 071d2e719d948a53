// Routes by caller, by called number and by PIN, from an SQLite file. Start: node receiver.mjs (Node 24)
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";

const file = new URL("routes.db", import.meta.url);
const isNew = !existsSync(file);
const database = new DatabaseSync(file);
if (isNew) database.exec(readFileSync(new URL("routes.sql", import.meta.url), "utf8"));

/** By the path of a request: which of its values is looked up, and where. */
const lookUps = {
  "/caller": ["callerid", database.prepare("SELECT name, destination FROM callers WHERE number = ?")],
  "/called": ["did", database.prepare("SELECT name, destination FROM called WHERE number = ?")],
  "/pin": ["code", database.prepare("SELECT name, destination FROM pins WHERE pin = ?")],
};

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  response.setHeader("content-type", "application/x-www-form-urlencoded");
  const lookUp = Object.hasOwn(lookUps, pathname) ? lookUps[pathname] : undefined;
  if (lookUp === undefined) return response.end("status=ERR");
  const [key, statement] = lookUp;
  // A PIN comes by POST, in a form, so that it is in no log.
  let form = "";
  for await (const chunk of request) form += chunk;
  const wanted = searchParams.get(key) ?? new URLSearchParams(form).get(key) ?? "";
  const route = statement.get(wanted);
  console.log(`${pathname}: ${route === undefined ? "no route" : `${route.destination}, ${route.name}`}`);
  // NAK: the failed branch, and at a PIN the caller is asked again.
  if (route === undefined) return response.end("status=NAK");
  const { name, destination } = route;
  response.end(new URLSearchParams({ status: "ACK", callername: name, destination }).toString());
}).listen(Number(process.env.PORT ?? 21122), process.env.HOST ?? "127.0.0.1");
