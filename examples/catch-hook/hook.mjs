// Stands in for the catch hooks of Zapier, Make and n8n: takes whatever comes and answers as they do. Start: node hook.mjs
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

/** None of them says what is to happen to the call: they answer before they have run. */
const answers = {
  "/zapier": () => JSON.stringify({ attempt: randomUUID(), id: randomUUID(), status: "success" }),
  "/make": () => "Accepted",
  "/n8n": () => JSON.stringify({ message: "Workflow was started" }),
};

createServer((request, response) => {
  const { pathname, search } = new URL(request.url, "http://localhost");
  const answer = Object.hasOwn(answers, pathname) ? answers[pathname]() : undefined;
  console.log(`${pathname} caught ${search}`);
  if (answer === undefined) return response.writeHead(404).end();
  response.end(answer);
}).listen(Number(process.env.PORT ?? 21172), process.env.HOST ?? "127.0.0.1");
