import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noParams, Params, parseParams } from "./params.ts";

const NAME = fc.stringMatching(/^[a-z]{1,2}$/);
const VALUE = fc.option(fc.stringMatching(/^[A-Za-z0-9]{1,4}$/), { nil: undefined });

test("parameters read back as they were written, the first of a name counts, however many there are", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(NAME, VALUE), { maxLength: 60 }), (entries) => {
      const first = new Map<string, string | undefined>();
      for (const [name, value] of entries) if (!first.has(name)) first.set(name, value);
      const written = entries.map(([name, value]) =>
        value === undefined ? `;${name}` : `;${name}=${value}`,
      );
      const read = parseParams(written.join(""));
      assert.ok(read.ok);
      assert.deepEqual([...read.value], [...first]);
      assert.equal(read.value.size, first.size);
      for (const [name, value] of first) {
        assert.equal(read.value.get(name), value);
        assert.ok(read.value.has(name));
      }
      assert.deepEqual(parseParams(read.value.toString()), read);
    }),
  );
});

test("copies with and without a parameter leave the original alone", () => {
  const params = Params.of([
    ["branch", "z9hG4bK1"],
    ["rport", undefined],
  ]);
  assert.equal(params.with(["rport", "5060"]).toString(), ";branch=z9hG4bK1;rport=5060");
  assert.equal(
    params.with(["received", "192.0.2.1"], ["rport", "5060"]).toString(),
    ";branch=z9hG4bK1;rport=5060;received=192.0.2.1",
  );
  assert.equal(params.without("branch").toString(), ";rport");
  assert.equal(params.without("ttl").toString(), ";branch=z9hG4bK1;rport");
  assert.equal(params.toString(), ";branch=z9hG4bK1;rport");
  assert.equal(params.without("branch").without("rport"), noParams);
  assert.equal(params.get("rport"), undefined);
  assert.ok(params.has("rport") && !params.has("received"));
});
