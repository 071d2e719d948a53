import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { err, ok } from "../lib/result.ts";
import type { TlsMaterial } from "./certificate.ts";
import { TlsWatch } from "./tls-watch.ts";

const DAY = 86_400_000;

/** A watch over files that are only a stamp and a certificate. */
function watched(days = 90) {
  const clock = new VirtualClock();
  const certificate = (name: string, lasts: number): TlsMaterial => ({
    certPem: name,
    keyPem: name,
    valid: { from: clock.wall() - DAY, to: clock.wall() + lasts * DAY },
  });
  const disk = {
    stamp: "1",
    content: ok(certificate("first", days)) as
      | ReturnType<typeof ok<TlsMaterial>>
      | ReturnType<typeof err<string>>,
    reads: 0,
  };
  const taken: string[] = [];
  const logged: string[] = [];
  const server: { refusal: string | undefined } = { refusal: undefined };
  const watch = new TlsWatch({
    files: {
      paths: { cert: "/tls/cert.pem", key: "/tls/key.pem" },
      read: async () => {
        disk.reads += 1;
        return disk.content;
      },
      stamp: async () => disk.stamp,
    },
    clock,
    inForce: certificate("first", days),
    stamp: "1",
    take: async (material) => {
      if (server.refusal === undefined) taken.push(material.certPem ?? "");
      return server.refusal;
    },
    log: (level, text) => void logged.push(`${level}: ${text}`),
  });
  return { clock, certificate, disk, taken, logged, server, watch };
}

test("T5: a changed file is taken once it is quiet, and once only", async () => {
  const { clock, certificate, disk, taken, logged, watch } = watched();
  await clock.advanceAsync(60_000);
  assert.equal(disk.reads, 0, "an unchanged file was read");
  // The certificate is there, the key still to come.
  disk.stamp = "2";
  disk.content = err(
    "--tls-key: the key in /tls/key.pem does not belong to the certificate in /tls/cert.pem.",
  );
  await clock.advanceAsync(5_000);
  disk.stamp = "3";
  disk.content = ok(certificate("second", 90));
  await clock.advanceAsync(10_000);
  assert.deepEqual(taken, ["second"]);
  assert.equal(logged.length, 1);
  assert.match(
    logged[0] ?? "",
    /^info: The certificate has been renewed: \/tls\/cert\.pem, valid until .* \(89 days\)\.$/,
  );
  await clock.advanceAsync(60_000);
  assert.equal(disk.reads, 1);
  watch.stop();
  assert.equal(clock.pending, 0);
});

test("T5: what does not fit, has ended or is gone is refused by name, the one before stays, and it is said once", async () => {
  const { clock, certificate, disk, taken, logged, server, watch } = watched();
  const bad: readonly (readonly [content: typeof disk.content, reason: RegExp])[] = [
    [
      err("--tls-key: the key in /tls/key.pem does not belong to …"),
      /--tls-key: the key in \/tls\/key\.pem does not/,
    ],
    [err("--tls-cert: /tls/cert.pem does not exist."), /\/tls\/cert\.pem does not exist/],
    [ok(certificate("over", -1)), /--tls-cert: the certificate in \/tls\/cert\.pem ended on \d/],
    [
      ok({ ...certificate("early", 9), valid: { from: clock.wall() + DAY, to: clock.wall() + 9 * DAY } }),
      /is not valid before/,
    ],
  ];
  for (const [index, [content, reason]] of bad.entries()) {
    disk.content = content;
    disk.stamp = `bad ${index}`;
    await clock.advanceAsync(60_000);
    assert.equal(logged.length, index + 1);
    assert.match(logged[index] ?? "", /^warn: The certificate is not renewed, and the one before stays\. /);
    assert.match(logged[index] ?? "", reason);
  }
  server.refusal = "our certificate (--tls-cert) has too short a key.";
  disk.content = ok(certificate("short", 90));
  const refused = await watch.reload();
  assert.ok(!refused.ok);
  assert.match(refused.error, /too short a key\.$/);
  assert.deepEqual(taken, []);
  server.refusal = undefined;
  const again = await watch.reload();
  assert.ok(again.ok);
  assert.match(again.value, /^The certificate has been renewed: /);
  watch.stop();
});

test("T5: asked to read again, it does so at once, also when nothing has changed", async () => {
  const { taken, logged, watch } = watched();
  const outcome = await watch.reload();
  assert.ok(outcome.ok);
  assert.match(outcome.value, /^The certificate is the same as before: /);
  assert.deepEqual(taken, ["first"]);
  assert.equal(logged.length, 1);
  watch.stop();
});

test("T5: a certificate without its issuer's is taken, and said so once", async () => {
  const { clock, certificate, disk, taken, logged, watch } = watched();
  disk.stamp = "2";
  disk.content = ok({ ...certificate("second", 90), lacksIssuer: "R11" });
  await clock.advanceAsync(60_000);
  assert.deepEqual(taken, ["second"]);
  const warnings = logged.filter((line) => line.startsWith("warn: "));
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /\/tls\/cert\.pem \(--tls-cert\) lacks the certificate of "R11"/);
  watch.stop();
});

test("T5: below 14 days there is a warning a day, until it is renewed; then from its own end on", async () => {
  const { clock, certificate, disk, logged, watch } = watched(14.2);
  await clock.advanceAsync(0.1 * DAY);
  assert.deepEqual(logged, []);
  await clock.advanceAsync(1.5 * DAY);
  assert.equal(logged.length, 2);
  assert.match(
    logged[0] ?? "",
    /^warn: The certificate in \/tls\/cert\.pem ends in 13 days, on .* Renew it; /,
  );
  assert.match(logged[1] ?? "", / ends in 12 days, /);
  clock.jumpWall(14 * DAY);
  await clock.advanceAsync(DAY);
  assert.match(logged.at(-1) ?? "", / ended on .*: phones and trunks that check it do not connect/);
  disk.stamp = "2";
  disk.content = ok(certificate("second", 14.2));
  const before = logged.length;
  await clock.advanceAsync(0.1 * DAY);
  assert.equal(logged.length, before + 1);
  assert.match(logged.at(-1) ?? "", /^info: /);
  await clock.advanceAsync(0.3 * DAY);
  assert.match(logged.at(-1) ?? "", / ends in 13 days, /, "no warning for the second certificate");
  watch.stop();
});
