import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  computeHa1,
  computeResponse,
  type DigestAlgorithm,
  equalsConstantTime,
  parseAuthorization,
  parseChallenges,
  quoteDigestValue,
} from "./digest.ts";

// RFC 7616 §3.9.1: one request, both algorithms.
const rfc7616 = {
  username: "Mufasa",
  realm: "http-auth@example.org",
  password: "Circle of Life",
  nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
  uri: "/dir/index.html",
  cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
};
const expected: Record<DigestAlgorithm, string> = {
  MD5: "8ca523f5e9506fed4657c9700eebdbec",
  "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
};

for (const algorithm of ["MD5", "SHA-256"] as const) {
  test(`RFC 7616 §3.9.1 vector: ${algorithm}`, () => {
    const ha1 = computeHa1(algorithm, rfc7616.username, rfc7616.realm, rfc7616.password);
    const qop = { cnonce: rfc7616.cnonce, nc: 1, ncText: "00000001" };
    const response = computeResponse(ha1, "GET", { algorithm, nonce: rfc7616.nonce, uri: rfc7616.uri, qop });
    assert.equal(response, expected[algorithm]);
  });
}

test("RFC 2617 §3.5 vector: MD5 with qop", () => {
  const ha1 = computeHa1("MD5", "Mufasa", "testrealm@host.com", "Circle Of Life");
  const response = computeResponse(ha1, "GET", {
    algorithm: "MD5",
    nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    uri: "/dir/index.html",
    qop: { cnonce: "0a4f113b", nc: 1, ncText: "00000001" },
  });
  assert.equal(response, "6629fae49393a05397450978507c4ef1");
});

test("without qop the response is that of RFC 2069 §2.4 as its errata correct it", () => {
  const ha1 = computeHa1("MD5", "Mufasa", "testrealm@host.com", "CircleOfLife");
  const response = computeResponse(ha1, "GET", {
    algorithm: "MD5",
    nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    uri: "/dir/index.html",
    qop: undefined,
  });
  assert.equal(response, "1949323746fe6a43ef61f9606e7febea");
});

const md5 = "0123456789abcdef0123456789abcdef";
const plain = `Digest username="215", realm="pbx", nonce="n", uri="sip:pbx", response="${md5}"`;

test("an Authorization is read in the forms that phones send", () => {
  const read = parseAuthorization(
    `digest\tusername="a\\"b",realm = "pbx" ,nonce="n", uri=sip:pbx;transport=udp,, response="${md5.toUpperCase()}",algorithm="md5",qop="AUTH",cnonce="c,=x",nc=0000000A , opaque=""`,
  );
  assert.deepEqual(read, {
    ok: true,
    value: {
      username: 'a"b',
      realm: "pbx",
      nonce: "n",
      uri: "sip:pbx;transport=udp",
      response: md5,
      algorithm: "MD5",
      qop: { cnonce: "c,=x", nc: 10, ncText: "0000000A" },
    },
  });
  const old = parseAuthorization(plain);
  assert.ok(old.ok && old.value.qop === undefined && old.value.algorithm === "MD5");
});

const refused: readonly (readonly [what: string, value: string, kind: string])[] = [
  ["RFC 4475 §3.3.7", "NoOneKnowsThisScheme opaque-data=here", "otherScheme"],
  ["Basic", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "otherScheme"],
  ["empty", "", "malformed"],
  ["only commas", ",,,, ,", "malformed"],
  ["scheme alone", "Digest", "malformed"],
  ["no values", "Digest username, realm", "malformed"],
  ["no end of quote", 'Digest username="215', "malformed"],
  ["escape at the end", 'Digest username="215\\', "malformed"],
  ["equals alone", "Digest =", "malformed"],
  ["empty value", "Digest username=,realm=x", "malformed"],
  ["NUL in quotes", 'Digest username="2\0"', "malformed"],
  ["escaped NUL in quotes", 'Digest username="2\\\0"', "malformed"],
  ["twice", `${plain}, nonce="other"`, "malformed"],
  ["no response", 'Digest username="215", realm="pbx", nonce="n", uri="sip:pbx"', "malformed"],
  ["response too short", plain.replace(md5, "ab"), "malformed"],
  ["response no hex", plain.replace(md5, "g".repeat(32)), "malformed"],
  ["response of the other algorithm", `${plain}, algorithm=SHA-256`, "malformed"],
  ["two schemes", `${plain}, ${plain}`, "malformed"],
  ["junk after a value", plain.replace('"215"', '"215"junk'), "malformed"],
  ["qop without nc", `${plain}, qop=auth, cnonce="c"`, "malformed"],
  ["qop without cnonce", `${plain}, qop=auth, nc=00000001`, "malformed"],
  ["nc zero", `${plain}, qop=auth, cnonce="c", nc=00000000`, "malformed"],
  ["nc negative", `${plain}, qop=auth, cnonce="c", nc=-0000001`, "malformed"],
  ["nc too long", `${plain}, qop=auth, cnonce="c", nc=000000001`, "malformed"],
  ["auth-int", `${plain}, qop=auth-int, cnonce="c", nc=00000001`, "unsupported"],
  ["MD5-sess", `${plain}, algorithm=MD5-sess`, "unsupported"],
  ["SHA-256-sess", `${plain}, algorithm=SHA-256-sess`, "unsupported"],
  ["SHA-512-256", `${plain}, algorithm=SHA-512-256`, "unsupported"],
  ["AKA", `${plain}, algorithm=AKAv1-MD5`, "unsupported"],
  ["too long", `${plain}, x="${"y".repeat(4_096)}"`, "malformed"],
  ["33 parameters", `Digest ${Array.from({ length: 33 }, (_, i) => `p${i}=1`).join(",")}`, "malformed"],
];

for (const [what, value, kind] of refused) {
  test(`an Authorization is refused: ${what}`, () => {
    const read = parseAuthorization(value);
    assert.equal(read.ok ? "ok" : read.error.kind, kind);
  });
}

test("names that JavaScript knows are parameters like others", () => {
  assert.ok(parseAuthorization(`${plain}, __proto__=x, constructor=y, toString=z`).ok);
});

test("challenges: several in one line, those that we cannot answer named as such", () => {
  const read = parseChallenges(
    'Basic realm="a, b", NewScheme abc==, Digest realm="p", nonce="1", algorithm=SHA-256, qop="auth-int, AUTH", stale=TRUE, Digest realm="p", nonce="2", opaque="o", Digest realm="p", nonce="3", algorithm=MD5-sess, Digest realm="p", nonce="4", qop="auth-int"',
  );
  const digests = read.filter((item) => item.ok).map((item) => item.value);
  assert.deepEqual(digests, [
    {
      realm: "p",
      nonce: "1",
      opaque: undefined,
      stale: true,
      algorithm: "SHA-256",
      algorithmNamed: true,
      qopAuth: true,
    },
    {
      realm: "p",
      nonce: "2",
      opaque: "o",
      stale: false,
      algorithm: "MD5",
      algorithmNamed: false,
      qopAuth: false,
    },
  ]);
  assert.deepEqual(
    read.filter((item) => !item.ok).map((item) => item.error.kind),
    ["otherScheme", "otherScheme", "unsupported", "unsupported"],
  );
});

test("quoting: what we write is read back, and nothing leaves the quotes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      const read = parseAuthorization(plain.replace('"215"', quoteDigestValue(text)));
      const kept = Array.from(text)
        .filter((char) => char >= " " && char !== "\u007f")
        .join("");
      assert.ok(read.ok);
      assert.equal(read.value.username, kept);
    }),
  );
});

test("comparison: equal, different, different length, not ASCII", () => {
  assert.equal(equalsConstantTime(md5, md5), true);
  assert.equal(equalsConstantTime(md5, md5.replace("0", "1")), false);
  assert.equal(equalsConstantTime(md5, md5.slice(1)), false);
  assert.equal(equalsConstantTime("é", "e"), false);
});

test("5,000 damaged header values are read or refused, never thrown at", () => {
  const seed = `${plain}, algorithm=SHA-256, qop=auth, cnonce="c\\"d", nc=00000001, opaque="o"`;
  const pieces = [
    "Digest",
    "Basic",
    ",",
    "=",
    '"',
    "\\",
    " ",
    "\t",
    "\0",
    "username",
    "nc",
    "qop",
    "é",
    "\u{1f600}",
  ];
  const damage = fc.record({ at: fc.nat(seed.length), cut: fc.nat(12), piece: fc.constantFrom(...pieces) });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 6 }), (list) => {
      let text = seed;
      for (const { at, cut, piece } of list) text = text.slice(0, at) + piece + text.slice(at + cut);
      const read = parseAuthorization(text);
      assert.equal(typeof read.ok, "boolean");
      for (const item of parseChallenges(text)) assert.equal(typeof item.ok, "boolean");
    }),
    { numRuns: 5_000 },
  );
});

test("S12: a parameter that comes twice with one value is read once", () => {
  for (const text of [`${plain}, nonce="n", realm="pbx"`, `${plain}, algorithm=MD5, algorithm=MD5`]) {
    const again = text.replace('nonce="n", realm="pbx"', /nonce="[^"]*"/.exec(plain)?.[0] ?? "");
    assert.equal(parseAuthorization(again).ok, true, again);
  }
  const [challenge] = parseChallenges('Digest realm="pbx", qop="auth", nonce="n", qop="auth", realm="pbx"');
  assert.ok(challenge?.ok);
  assert.deepEqual([challenge.value.realm, challenge.value.nonce], ["pbx", "n"]);
});
