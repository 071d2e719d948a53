import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { expandTemplate, parseTemplate } from "../../../../../src/dialplan/template.ts";
import { SAMPLE_VALUES } from "../../../../../src/dialplan/template-preview.ts";
import { readReply } from "../../../../../src/webhook/reply/read-reply.ts";
import { fieldsOf, LANGUAGES, recipe } from "./recipe.ts";

const TEMPLATE = "https://crm.example/route?called={did}&who={callerid}&x=1&pas={code}";

test("the parameters are those of the template, whatever they are called", () => {
  assert.deepEqual(fieldsOf(TEMPLATE, true), {
    parameters: { did: "called", callerid: "who", code: "pas" },
    asksForCode: true,
  });
  assert.deepEqual(fieldsOf("https://crm.example/{did}", false).parameters, {});
});

for (const language of LANGUAGES)
  test(`${language}: the recipe reads the parameter of this webhook, and a name cannot end its text`, () => {
    const said = recipe(language, fieldsOf(TEMPLATE, false));
    assert.match(said, /["']who["']/);
    assert.match(recipe(language, fieldsOf(TEMPLATE, true)), /["']pas["']/);
    const odd = `https://crm.example/?${encodeURIComponent(`a'b"c\\</script>`)}={callerid}`;
    const written = recipe(language, fieldsOf(odd, false));
    assert.ok(
      written.includes(language === "php" ? "'a\\'b\"c\\\\</script>'" : `"a'b\\"c\\\\\\u003c/script>"`),
      written,
    );
  });

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function askUntilUp(url: string): Promise<Response> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response !== undefined) return response;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("the recipe for Node runs as it is: who is known gets a name, anybody else NAK", {
  timeout: 20_000,
}, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "switchhook-recipe-"));
  const file = path.join(folder, "receiver.mjs");
  const port = await freePort();
  const template = parseTemplate(TEMPLATE.replace("https://crm.example", `http://127.0.0.1:${port}`));
  assert.ok(template.ok);
  writeFileSync(file, recipe("node", fieldsOf(TEMPLATE, false)));
  const receiver = spawn(process.execPath, [file], { env: { ...process.env, PORT: String(port) } });
  try {
    const replyFor = async (callerid: string) => {
      const { url } = expandTemplate(template.value, { ...SAMPLE_VALUES, callerid });
      const response = await askUntilUp(url);
      const body = new Uint8Array(await response.arrayBuffer());
      return readReply({ status: response.status, body }, SAMPLE_VALUES);
    };
    const known = await replyFor("+31612345678");
    assert.deepEqual([known.verdict, known.callerName], ["ack", "Jansen Co"]);
    assert.equal((await replyFor("+31600000000")).verdict, "nak");
  } finally {
    receiver.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the recipe for Apps Script is JavaScript", () => {
  const checked = spawnSync(process.execPath, ["--check", "--input-type=commonjs"], {
    input: recipe("appsScript", fieldsOf(TEMPLATE, true)),
    encoding: "utf8",
  });
  assert.equal(checked.stderr, "");
});
