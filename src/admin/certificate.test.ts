import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeCertificates } from "../../test/fakes/certificates.ts";
import { checkTls, notValidNow } from "./certificate.ts";
import { tlsFiles } from "./tls-files.ts";

const made = makeCertificates();
const paths = { cert: "/etc/c.pem", key: "/etc/k.pem", ca: "/etc/ca.pem", clientCa: "/etc/callers.pem" };
const { cert, key } = made.good;
const folder = mkdtempSync(join(tmpdir(), "switchhook-tls-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The same key, as openssl protects it by a password. */
const locked = execFileSync("openssl", ["pkey", "-aes256", "-passout", "pass:secret"], {
  input: key,
  stdio: ["pipe", "pipe", "ignore"],
}).toString();
const damaged = cert.replace(/[A-Za-z]{20}/, "!!!!!!!!!!!!!!!!!!!!");

test("T11: what is wrong with a certificate, a key or authorities is said with flag and file", () => {
  const table: readonly (readonly [texts: Parameters<typeof checkTls>[0], sentence: RegExp])[] = [
    [{ cert: "", key }, /^--tls-cert: \/etc\/c\.pem holds no certificate in PEM .*"\)\.$/],
    [{ cert: "\u0030\u0082\u0001", key }, /^--tls-cert: \/etc\/c\.pem holds no certificate in PEM/],
    [{ cert: key, key }, /^--tls-cert: .*, but a private key\.$/],
    [{ cert, key: cert }, /^--tls-key: \/etc\/k\.pem holds no private key .*, but a certificate\.$/],
    [{ cert: damaged, key }, /^--tls-cert: \/etc\/c\.pem is damaged: certificate 1 of 1 in it/],
    [{ cert: `${cert}${damaged}`, key }, /certificate 2 of 2 in it cannot be read\.$/],
    [{ cert, key: "" }, /^--tls-key: \/etc\/k\.pem holds no private key/],
    [{ cert, key: key.replace(/\n[^\n]{40}/, "\n") }, /^--tls-key: \/etc\/k\.pem is damaged/],
    [{ cert, key: locked }, /^--tls-key: \/etc\/k\.pem is protected by a password/],
    [
      { cert, key: made.expired.key },
      /^--tls-key: the key in \/etc\/k\.pem does not belong to the certificate in \/etc\/c\.pem\.$/,
    ],
    [{ cert: `${made.ca}${cert}`, key }, /^--tls-cert: \/etc\/c\.pem begins with another certificate/],
    [{ cert, key, ca: "" }, /^--tls-ca: \/etc\/ca\.pem holds no certificate/],
    [{ ca: "# no authorities yet\n" }, /^--tls-ca: /],
    [
      { cert, key, clientCa: key },
      /^--tls-client-ca: \/etc\/callers\.pem holds no certificate .*private key\.$/,
    ],
    [{ cert, key, clientCa: damaged }, /^--tls-client-ca: .* is damaged: certificate 1 of 1/],
    [{ cert, key, ca: `${made.ca}${damaged}` }, /^--tls-ca: \/etc\/ca\.pem is damaged: certificate 2 of 2/],
  ];
  for (const [texts, sentence] of table) {
    const checked = checkTls(texts, paths);
    assert.ok(!checked.ok, `it was accepted, against ${sentence}`);
    assert.match(checked.error, sentence);
    assert.doesNotMatch(checked.error, /error:|routines|OpenSSL|ERR_|Error/);
  }
});

test("a chain, a key and authorities that fit are taken, and when the certificate ends is told", () => {
  const checked = checkTls({ cert: `${cert}${made.ca}`, key, ca: made.ca }, paths);
  assert.ok(checked.ok);
  assert.equal(checked.value.caPem, made.ca);
  const { valid } = checked.value;
  assert.ok(valid !== undefined);
  assert.equal(Math.round((valid.to - valid.from) / 86_400_000), 2);
  assert.equal(notValidNow(checked.value, valid.from + 1), undefined);
  assert.match(notValidNow(checked.value, valid.to) ?? "", /^ended on \d{4}-\d\d-\d\d$/);
  assert.match(notValidNow(checked.value, valid.from - 1) ?? "", /^is not valid before /);
  assert.deepEqual(checkTls({ ca: made.ca }, { ca: "ca" }), { ok: true, value: { caPem: made.ca } });
});

test("T11: a certificate whose chain is not whole is taken, and whose is missing is told", () => {
  const openssl = (...args: string[]): string =>
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] }).toString();
  const make = (name: string, ...more: string[]): string => {
    const subject = [
      "-subj",
      `/O=Some authority/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.crt`,
    ];
    openssl(
      "req",
      "-x509",
      "-nodes",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      ...subject,
      ...more,
    );
    return readFileSync(join(folder, `${name}.crt`), "utf8");
  };
  const between = make("between");
  const signed = ["-CA", "between.crt", "-CAkey", "between.key"];
  const own = make(
    "own",
    ...signed,
    "-addext",
    "authorityInfoAccess=caIssuers;URI:http://ca.example/between.crt",
  );
  const ofOurAuthority = make("plain", ...signed);
  const lacks = (chain: string, name: string, more: { ca?: string; clientCa?: string } = {}) => {
    const texts = { cert: chain, key: readFileSync(join(folder, `${name}.key`), "utf8"), ...more };
    const checked = checkTls(texts, paths);
    return checked.ok ? checked.value.lacksIssuer : assert.fail(checked.error);
  };
  assert.equal(lacks(own, "own"), "between");
  assert.equal(lacks(`${own}${made.ca}`, "own"), "between", "another authority's is none");
  assert.equal(lacks(`${own}${between}`, "own"), undefined);
  assert.equal(lacks(own, "own", { ca: made.ca }), "between");
  for (const known of [{ ca: between }, { clientCa: between }])
    assert.equal(lacks(own, "own", known), undefined, "the company's own root");
  assert.equal(
    lacks(ofOurAuthority, "plain"),
    undefined,
    "an authority of one's own is known to those who trust it",
  );
});

test("T11: a file that cannot be read is named with its flag", async () => {
  const at = (name: string): string => join(folder, name);
  writeFileSync(at("cert.pem"), cert);
  writeFileSync(at("key.pem"), key);
  mkdirSync(at("folder"));
  const read = async (change: Parameters<typeof tlsFiles>[0]) =>
    tlsFiles({ cert: at("cert.pem"), key: at("key.pem"), ...change }).read();
  assert.ok((await read({})).ok);
  const absent = await read({ key: at("none.pem") });
  assert.ok(!absent.ok);
  assert.equal(absent.error, `--tls-key: ${at("none.pem")} does not exist.`);
  const callers = await read({ clientCa: at("none.pem") });
  assert.ok(!callers.ok);
  assert.equal(callers.error, `--tls-client-ca: ${at("none.pem")} does not exist.`);
  const wrong = await read({ ca: at("folder") });
  assert.ok(!wrong.ok);
  assert.equal(wrong.error, `--tls-ca: ${at("folder")} is no file.`);
  if (process.getuid?.() !== 0) {
    chmodSync(at("key.pem"), 0o000);
    const forbidden = await read({});
    assert.ok(!forbidden.ok);
    assert.equal(forbidden.error, `--tls-key: ${at("key.pem")} may not be read by this user.`);
  }
});
