// D9, X13: canaries are planted wherever a secret can be, the real server is used by friends, strangers and receivers that
// write back what they were sent, and then everything that is kept, answered or printed is searched for them, octet by
// octet and in the encodings that programs give them.
// Over 5 s: all that is kept and answered is searched for every canary.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { isRaw } from "../../src/api/contract/route.ts";
import { ROUTES as API_ROUTES } from "../../src/api/contract/routes.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { runCli, startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { occurrences, written } from "./parts/canary.ts";
import { Party, type Shape, sdp, token } from "./parts/party.ts";
import { CANARY, CONTROL, companyFile, echo, mistakenFiles, ROUTES } from "./parts/planted.ts";

const caller = ownAddress();
const provider = ownAddress();
const phoneAt = ownAddress();
const stranger = ownAddress();
const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-canaries-"));
/** What a person or a program got to see, by where. */
const seen: [where: string, what: Buffer][] = [];
const saw = (where: string, what: string): void => void seen.push([where, Buffer.from(what)]);

let server: TestServer;
let receiver: Receiver;
let trunk: Party;
let registrar: Party;
let phone: Party;

before(async () => {
  receiver = await Receiver.start((query, request, response) => {
    echo(query, request, response, receiver.requests.length);
  });
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-subj",
      "/CN=canaries.example",
      "-days",
      "2",
      "-keyout",
      path.join(folder, "key.pem"),
      "-out",
      path.join(folder, "cert.pem"),
    ],
    { stdio: "ignore" },
  );
  trunk = await Party.open(caller);
  registrar = await Party.open(provider);
  phone = await Party.open(phoneAt);
  registrar.onRequest = (request, from) => void refuseProof(request, from);
  phone.onRequest = (request, from) => {
    if (kind(request) === "INVITE") void phone.reply(request, from, 486);
  };
  server = await startServer({
    company: companyFile({ caller, provider, receiver: receiver.address }),
    flags: [
      "--sips",
      `${ownAddress()}:5061`,
      "--log-level",
      "debug",
      "--tls-cert",
      path.join(folder, "cert.pem"),
      "--tls-key",
      path.join(folder, "key.pem"),
    ],
  });
});

after(async () => {
  await Promise.all([trunk?.close(), registrar?.close(), phone?.close()]);
  await server?.stop();
  await receiver?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** A call from the trunk. */
async function call(to: string, more: Partial<Shape> = {}): Promise<string> {
  return trunk.ask(
    {
      method: "INVITE",
      uri: `sip:${to}@${server.address}`,
      from: `"${CONTROL}" <sip:+31201234567:${CANARY.callerUri}@${caller}>;tag=${token()}`,
      contact: `<sip:x:${CANARY.contactUri}@${caller}:5060>`,
      body: `${sdp(caller)}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${CANARY.soundKey}|2^20\r\n`,
      ...more,
    },
    server,
  );
}

/** A provider that has the password and no manners. */
function refuseProof(request: string, from: { address: string; port: number }): Promise<void> | undefined {
  if (kind(request) !== "REGISTER") return undefined;
  if (/^Authorization:/im.test(request))
    return registrar.reply(request, from, 403, { headers: [["Warning", `399 p "wrong: ${CANARY.trunk}"`]] });
  const challenge = ["WWW-Authenticate", 'Digest realm="p", nonce="n1", qop="auth", algorithm=MD5'] as const;
  return registrar.reply(request, from, 401, { headers: [challenge] });
}

/** What the server says of its own accord, as it comes. */
const events = { text: "", end: new AbortController() };

test("D9: somebody listens to all events, signs in, guesses, and sets a server for signing in", async () => {
  const answer = await fetch(new URL("api/v1/events", server.http), {
    headers: { authorization: `Bearer ${apiToken()}` },
    signal: events.end.signal,
  });
  assert.equal(answer.status, 200);
  void (async () => {
    const decoder = new TextDecoder();
    for await (const octets of answer.body ?? [])
      events.text += decoder.decode(octets as Uint8Array, { stream: true });
  })().catch(() => {});
  const json = { "content-type": "application/json", "if-match": "*" };
  const send = (what: string, method: string, body: unknown) =>
    api(what, { method, headers: json, body: JSON.stringify(body) });
  const made = await send("users", "POST", { name: "Bert", role: "viewer", password: CANARY.userPassword });
  saw("POST users", made);
  assert.match(made, /^201/);
  const settings = { label: "Office", issuer: "https://login.example", clientId: "pbx" };
  const set = await send("sign-in/openid", "PUT", { ...settings, clientSecret: CANARY.clientSecret });
  saw("PUT sign-in/openid", set);
  assert.match(set, /^200/);
  for (const [name, password] of [
    ["Bert", CANARY.userPassword],
    ["Bert", CANARY.guessedPassword],
    [CANARY.nameThatIsAPassword, CANARY.guessedPassword],
  ]) {
    const tried = await send("session", "POST", { name, password });
    // What a browser is given for its own is in the cookie alone.
    saw(`POST session as ${name}`, tried.replace(/^set-cookie:.*$/m, ""));
  }
});

test("D9: a trunk that registers is challenged, and refused with what it sent", async () => {
  await until(
    "the proof",
    () => registrar.of("REGISTER").some((text) => /^Authorization:/im.test(text)),
    60_000,
  );
});

test("D9: phones register, and somebody guesses", async () => {
  assert.equal(await phone.register("215", CANARY.phone, server), "200");
  assert.equal(await phone.register("216", CANARY.otherPhone, server), "200");
  const guesser = await Party.open(stranger);
  assert.notEqual(await guesser.register("215", CANARY.wrongPassword, server), "200");
  for (const credentials of [
    `Basic ${Buffer.from(`215:${CANARY.basic}`).toString("base64")}`,
    `Basic ${CANARY.basic}`,
    `Bearer ${CANARY.bearer}`,
    CANARY.bearer,
    `Digest username="215", password="${CANARY.basic}", realm="x", nonce="n", uri="sip:x", response="y"`,
  ]) {
    for (const method of ["REGISTER", "INVITE"])
      await guesser.ask(
        {
          method,
          uri: `sip:215@${server.address}`,
          from: `<sip:215:${CANARY.callerUri}@${server.address}>;tag=${token()}`,
          headers: [["Authorization", credentials]],
        },
        server,
      );
    // A trunk's call is kept with its messages.
    await call(ROUTES.phone, { headers: [["Authorization", credentials]] });
  }
  await guesser.close();
});

test("D9: receivers write back what they were sent, in every encoding", async () => {
  for (let at = 0; at < 8; at += 1) await call(ROUTES.echo);
  for (let at = 0; at < 8; at += 1) await call(ROUTES.error);
  assert.equal(receiver.requests.length, 16);
});

test("D9: a caller types a code, and the receiver writes it back", async () => {
  for (let at = 0; at < 8; at += 1) {
    const asked = receiver.requests.length;
    const shape: Shape = { method: "INVITE", uri: `sip:${ROUTES.code}@${server.address}`, body: sdp(caller) };
    const invite = trunk.write(shape, server);
    const answer = await trunk.exchange(invite, server);
    assert.equal(kind(answer), "200");
    await trunk.send(trunk.ackOf(invite, answer), server);
    for (const [index, digit] of [...CANARY.typedCode].entries())
      await press(invite, answer, digit, index + 2);
    await until("the receiver to be asked", () => receiver.requests.length > asked);
    assert.equal(receiver.requests.at(-1)?.get("code"), CANARY.typedCode);
  }
  await server.callsOver();
});

/** A key by SIP INFO. */
async function press(invite: string, answer: string, digit: string, cseq: number): Promise<void> {
  const line = (text: string, name: string): string =>
    new RegExp(`^${name}: (.*)$`, "im").exec(text)?.[1]?.trim() ?? "";
  const body = `Signal=${digit}\r\nDuration=160\r\n`;
  const request = [
    `INFO ${/<([^>]*)>/.exec(line(answer, "Contact"))?.[1]} SIP/2.0`,
    `Via: SIP/2.0/UDP ${caller}:5060;rport;branch=z9hG4bK${token()}`,
    "Max-Forwards: 70",
    `From: ${line(invite, "From")}`,
    `To: ${line(answer, "To")}`,
    `Call-ID: ${line(invite, "Call-ID")}`,
    `CSeq: ${cseq} INFO`,
    "Content-Type: application/dtmf-relay",
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
  assert.equal(kind(await trunk.exchange(request, server)), "200");
}

test("D9: a phone writes passwords into headers of a call", async () => {
  phone.onRequest = (request, from) => {
    if (kind(request) !== "INVITE") return;
    void phone.reply(request, from, 486, {
      headers: [
        ["Warning", `399 x "${CANARY.phone} ${Buffer.from(CANARY.otherPhone).toString("base64")}"`],
        ["Call-Info", `<http://u:${CANARY.contactUri}@${phoneAt}/x>`],
      ],
    });
  };
  await call(ROUTES.phone, { headers: [["X-Secret", CANARY.trunk]] });
});

test("D9: files with a mistake beside a secret are checked and applied", async () => {
  const texts = mistakenFiles();
  const file = path.join(folder, "mistake.yaml");
  for (const text of texts) {
    const sent = await api("company?file=mistake.yaml", { method: "PUT", body: text });
    saw(`PUT of\n${text}`, sent);
    assert.match(sent, /^422/, `a mistake in\n${text}`);
  }
  // The commands read files by the same code, and take half a second each: three of them.
  for (const text of [texts[0], texts[4], texts.at(-1)]) {
    writeFileSync(file, text ?? "");
    const checked = await runCli(["check", file]);
    saw(`check of\n${text}`, checked.stdout + checked.stderr);
    assert.equal(checked.code, 1);
  }
  const applied = await server.cli("apply", file);
  saw("apply of a file with a mistake", applied.stdout + applied.stderr);
  assert.equal(applied.code, 1);
});

function apiToken(): string {
  return readFileSync(path.join(server.dataDir, "api-token"), "utf8").trim();
}

async function api(what: string, options: RequestInit = {}): Promise<string> {
  const headers = { authorization: `Bearer ${apiToken()}`, ...options.headers };
  const response = await fetch(new URL(`api/v1/${what}`, server.http), { ...options, headers });
  const fields = Array.from(response.headers, ([name, value]) => `${name}: ${value}`);
  return `${response.status}\n${fields.join("\n")}\n\n${await response.text()}`;
}

test("D9: everything is exported, listed, shown, changed and asked for", async () => {
  const exported = await server.cli("export");
  saw("export", exported.stdout + exported.stderr);
  const masked = path.join(folder, "masked.yaml");
  writeFileSync(masked, exported.stdout);
  const again = await server.cli("apply", masked);
  saw("apply of the export", again.stdout + again.stderr);
  assert.match(again.stdout, /Nothing to change/);
  const changed = path.join(folder, "changed.yaml");
  writeFileSync(
    changed,
    companyFile({ caller, provider, receiver: receiver.address }).replace("name: Wrong", "name: Right"),
  );
  const applied = await server.cli("apply", changed);
  saw("apply of a change", applied.stdout + applied.stderr);
  assert.match(applied.stdout, /phone 218 changed/);
  for (const refused of [false, true]) {
    const more = refused ? ["--refused"] : [];
    for (const form of [[], ["--json"]]) {
      const list = await server.cli("calls", ...more, ...form);
      saw(`calls ${[...more, ...form].join(" ")}`, list.stdout + list.stderr);
    }
    const calls = refused ? await server.refused("stranger", "registration") : await server.recorded(1);
    // By the API all of them; by the command, which takes half a second each, one of every kind.
    for (const { id } of calls) saw(`GET calls/${id}`, await api(`calls/${id}`));
    const kinds = new Map(calls.map((one) => [`${one.called} ${one.reason}`, one.id]));
    for (const id of kinds.values()) {
      for (const form of [["--messages"], ["--json"]]) {
        const shown = await server.cli("calls", "show", id, ...form);
        saw(`calls show ${form.join(" ")}`, shown.stdout + shown.stderr);
      }
    }
  }
  for (const what of ["company", "calls", "registrations", "audio", "nothing-here", "calls?limit=x"])
    saw(`GET ${what}`, await api(what));
  const wrong = { headers: { authorization: `Bearer ${CANARY.wrongToken}` } };
  saw("the API with a wrong token", await api("company", wrong));
  saw(
    "the API with a token in the URL",
    await api(`company?token=${CANARY.wrongToken}`, { headers: { authorization: "" } }),
  );
  for (const what of ["metrics", "health", "nowhere"])
    saw(what, await (await fetch(new URL(`/${what}`, server.http))).text());
});

test("D9: every address of the API that can be read is read, by an administrator and by a viewer", async () => {
  const made = await api("tokens", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "viewer", role: "viewer" }),
  });
  const viewer = { headers: { authorization: `Bearer ${/swh_\w+/.exec(made)?.[0] ?? ""}` } };
  let read = 0;
  for (const { method, path: route, answer: kindOfAnswer } of API_ROUTES) {
    // What goes on for ever is read elsewhere.
    if (method !== "GET" || (isRaw(kindOfAnswer) && /event-stream|ndjson/.test(kindOfAnswer.contentType)))
      continue;
    const [, resource = ""] = route.split("/");
    const list = route.includes(":id") ? await api(`${resource}?limit=1`) : "";
    const one = /"id":"([^"]+)"/.exec(list)?.[1] ?? "x";
    const where = route.slice(1).replaceAll(/:(\w+)/g, (_all, name: string) => (name === "id" ? one : "1"));
    for (const who of [{}, viewer]) {
      const answer = await api(where, who);
      saw(`GET ${where} ${answer.slice(0, 3)}`, answer);
      if (answer.startsWith("200")) read += 1;
    }
  }
  assert.ok(read > 40, `${read} answers`);
  await until("events of calls", () => events.text.includes("call.ended"));
  events.end.abort();
  saw("events", events.text);
});

/** What the operator keeps there himself, and what is there to be secret. */
const OWN_FILES = new Set(["company.yaml", "api-token", "secret.key"]);

test("D9: not one of the canaries is anywhere in clear or encoded", async () => {
  const tlsKey = readFileSync(path.join(folder, "key.pem"), "utf8").split("\n")[3] ?? "";
  const sealKey = readFileSync(path.join(server.dataDir, "secret.key"), "utf8").trim();
  for (const entry of readdirSync(server.dataDir, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || OWN_FILES.has(entry.name)) continue;
    seen.push([`file ${entry.name}`, readFileSync(path.join(entry.parentPath, entry.name))]);
  }
  const database = new DatabaseSync(path.join(server.dataDir, "switchhook.db"), { readOnly: true });
  for (const { octets } of database.prepare("select octets from record_blocks").all())
    seen.push(["file switchhook.db, records", zstdDecompressSync(octets as Uint8Array)]);
  database.close();
  saw("the log", server.process.stdout);
  saw("standard error", server.process.stderr);

  const found = occurrences(seen, written(CONTROL));
  for (const place of [
    "file switchhook.db, records",
    "export",
    "GET calls",
    "calls show --messages",
    "calls show --json",
    "events",
  ])
    assert.ok(
      found.some((where) => where.startsWith(place)),
      `the search finds "${CONTROL}" in ${place}; it found it in ${[...new Set(found)].join(", ")}`,
    );
  // A leak that is planted is found, in each of the encodings.
  for (const form of written(CANARY.phone))
    assert.equal(occurrences([["planted", Buffer.from(`x${form}x`)]], written(CANARY.phone)).length, 1);

  const secrets = Object.entries({ ...CANARY, apiToken: apiToken(), tlsKey, sealKey });
  assert.ok(secrets.length >= 20 && secrets.every(([, secret]) => secret.length >= 6));
  const leaks = secrets.flatMap(([name, secret]) =>
    occurrences(seen, written(secret)).map((where) => `${name} in ${where}`),
  );
  assert.deepEqual(leaks, []);
});
