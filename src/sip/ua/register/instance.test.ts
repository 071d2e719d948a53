import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceUrn } from "./instance.ts";

/** The namespace for DNS names of RFC 9562 §6.6, for which the RFC gives a value. */
const DNS = "6ba7b8109dad11d180b400c04fd430c8";

test("T2: an instance is a name-based UUID as the RFC has it (RFC 9562 appendix A.4)", () => {
  assert.equal(instanceUrn(DNS, "www.example.com"), "urn:uuid:2ed6657d-e927-568b-95e1-2665a8aea6a2");
});

test("T2: every trunk of every installation has its own, and always the same", () => {
  assert.notEqual(instanceUrn(DNS, "one"), instanceUrn(DNS, "two"));
  assert.notEqual(instanceUrn(DNS, "one"), instanceUrn("0".repeat(32), "one"));
  assert.equal(instanceUrn(DNS, "one"), instanceUrn(DNS, "one"));
});
