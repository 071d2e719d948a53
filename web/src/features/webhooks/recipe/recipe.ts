import type { Placeholder } from "../../../../../src/dialplan/template-pieces.ts";

/** What a receiver has to know of a webhook. */
export interface RecipeFields {
  /** The name of the parameter in which each value comes; absent: it is not sent as one. */
  readonly parameters: Readonly<Partial<Record<Placeholder, string>>>;
  readonly asksForCode: boolean;
}

const PARAMETER = /^\{(code|did|callerid|callername|callid)\}$/;

/** The parameters of a URL template that are a placeholder and nothing else. */
export function fieldsOf(urlTemplate: string, asksForCode: boolean): RecipeFields {
  const [, query = ""] = /\?([^#]*)/.exec(urlTemplate) ?? [];
  const parameters: Partial<Record<Placeholder, string>> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const placeholder = PARAMETER.exec(value)?.[1] as Placeholder | undefined;
    if (placeholder !== undefined) parameters[placeholder] ??= name;
  }
  return { parameters, asksForCode };
}

export const LANGUAGES = ["node", "php", "python", "appsScript"] as const;
export type RecipeLanguage = (typeof LANGUAGES)[number];

/** A receiver that is ready to run, for the very parameters of a webhook. */
export function recipe(language: RecipeLanguage, fields: RecipeFields): string {
  return WRITERS[language](fields);
}

const WRITERS: Readonly<Record<RecipeLanguage, (fields: RecipeFields) => string>> = {
  node: nodeRecipe,
  php: phpRecipe,
  python: pythonRecipe,
  appsScript: appsScriptRecipe,
};

const CALLER = "+31612345678";
const DID = "+31501234567";
const CODE = "4821";

/** A text in JavaScript, Python and JSON alike; nothing in it can end a script. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll("<", "\\u003c");
const phpQuoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** The key that a customer is looked up by. */
function keyed({ parameters, asksForCode }: RecipeFields) {
  const [placeholder, sample] =
    asksForCode && parameters.code !== undefined
      ? (["code", CODE] as const)
      : parameters.callerid !== undefined
        ? (["callerid", CALLER] as const)
        : (["did", DID] as const);
  return { parameter: parameters[placeholder] ?? placeholder, sample, isCode: placeholder === "code" };
}

/** What is said of the ones that are not known. */
const unknown = (isCode: boolean): string =>
  isCode ? "NAK: the code is asked for again, or the call takes the failed branch" : "NAK: the failed branch";

function nodeRecipe(fields: RecipeFields): string {
  const { parameter, sample, isCode } = keyed(fields);
  return `// node receiver.mjs
import { createServer } from "node:http";

const customers = new Map([
  [${quoted(sample)}, { callername: "Jansen Co", destination: "" }],
]);

createServer((request, response) => {
  const { searchParams } = new URL(request.url, "http://localhost");
  const customer = customers.get(searchParams.get(${quoted(parameter)}) ?? "");
  // ${unknown(isCode)}.
  const reply = customer === undefined ? { status: "NAK" } : { status: "ACK", ...customer };
  response.setHeader("content-type", "application/x-www-form-urlencoded");
  // URLSearchParams writes + as %2B, as it has to be.
  response.end(new URLSearchParams(reply).toString());
}).listen(Number(process.env.PORT ?? 3000));
`;
}

function phpRecipe(fields: RecipeFields): string {
  const { parameter, sample, isCode } = keyed(fields);
  return `<?php
// receiver.php, behind any web server; to try it: php -S localhost:3000 receiver.php
$customers = [
    ${phpQuoted(sample)} => ['callername' => 'Jansen Co', 'destination' => ''],
];

$customer = $customers[$_GET[${phpQuoted(parameter)}] ?? ''] ?? null;
// ${unknown(isCode)}.
$reply = $customer === null ? ['status' => 'NAK'] : ['status' => 'ACK'] + $customer;

header('Content-Type: application/x-www-form-urlencoded');
// http_build_query writes + as %2B, as it has to be.
echo http_build_query($reply);
`;
}

function pythonRecipe(fields: RecipeFields): string {
  const { parameter, sample, isCode } = keyed(fields);
  return `# python3 receiver.py
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CUSTOMERS = {
    ${quoted(sample)}: {"callername": "Jansen Co", "destination": ""},
}


class Receiver(BaseHTTPRequestHandler):
    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        customer = CUSTOMERS.get(query.get(${quoted(parameter)}, [""])[0])
        # ${unknown(isCode)}.
        reply = {"status": "NAK"} if customer is None else {"status": "ACK", **customer}
        self.send_response(200)
        self.send_header("Content-Type", "application/x-www-form-urlencoded")
        self.end_headers()
        # urlencode writes + as %2B, as it has to be.
        self.wfile.write(urlencode(reply).encode())


ThreadingHTTPServer(("", int(os.environ.get("PORT", "3000"))), Receiver).serve_forever()
`;
}

function appsScriptRecipe(fields: RecipeFields): string {
  const { parameter, sample, isCode } = keyed(fields);
  return `// Google Apps Script of a spreadsheet: column A ${isCode ? "codes" : "numbers"} such as ${sample}, B names, C destinations.
// Deploy as a web app that anyone may open; its address redirects, so leave "Follow redirects" on.
function doGet(event) {
  const rows = SpreadsheetApp.getActiveSheet().getDataRange().getDisplayValues();
  const wanted = event.parameter[${quoted(parameter)}];
  const row = rows.find(([key]) => key === wanted);
  // ${unknown(isCode)}.
  const reply = row === undefined
    ? "status=NAK"
    : "status=ACK&callername=" + encodeURIComponent(row[1]) + "&destination=" + encodeURIComponent(row[2]);
  return ContentService.createTextOutput(reply);
}
`;
}
