import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeCertificates } from "../../test/fakes/certificates.ts";
import { reply, startFaultServer } from "../../test/fakes/fault-server.ts";
import { fixedNames, VALUES, webhookAt } from "../../test/fakes/webhook-client.ts";
import { understandExternal } from "../dialplan/destination.ts";
import { systemClock } from "../runtime/clock.ts";
import { type TrialParts, tryWebhook } from "./trial.ts";

const PARTS: TrialParts = {
  clock: systemClock,
  version: "1.2.3",
  allowedNetworks: () => ["127.0.0.0/8"],
  understand: (one) =>
    understandExternal(one, { home: { country: "NL" }, security: { dialCountries: ["NL"] } }),
};

describe("a trial", () => {
  test("is marked, asks as a call asks, and shows request and reply with the secrets masked", async () => {
    const server = await startFaultServer(
      reply("status=ACK&destination=+31502102544&key=topsecretkey", 200, [
        "Set-Cookie: session=1",
        "X-Own: yes",
      ]),
    );
    const url = `http://crm:s3cret-pass@127.0.0.1:${server.port}/r?did={did}&token=topsecretkey`;
    const trial = await tryWebhook(PARTS, webhookAt(url), VALUES);
    const [seen] = server.requests;
    assert.equal(seen?.headers.get("x-switchhook-test"), "1");
    assert.equal(seen.headers.get("user-agent"), "Switchhook/1.2.3");
    assert.equal(seen.target, "/r?did=%2B31501234567&token=topsecretkey");
    assert.equal(trial.request?.url, `${server.origin}/r?did=%2B31501234567&token=***`);
    // What is shown was sent: the same names and, but for secrets, values, in the same order.
    assert.deepEqual(
      trial.request.headers.map(({ name }) => name),
      [...seen.headers.keys()],
    );
    const shown = new Map(trial.request.headers.map(({ name, value }) => [name, value]));
    assert.equal(shown.get("authorization"), "Basic ***");
    assert.equal(shown.get("host"), seen.headers.get("host"));
    assert.equal(trial.reply?.status, 200);
    assert.equal(trial.reply.body, "status=ACK&destination=+31502102544&key=***");
    assert.equal(trial.reply.headers.find(({ name }) => name === "x-own")?.value, "yes");
    assert.equal(trial.reply.headers.find(({ name }) => name === "set-cookie")?.value, "***");
    assert.equal(trial.judgement?.corrected, "status=ACK&destination=%2B31502102544");
    assert.equal(JSON.stringify(trial).includes("topsecretkey"), false);
    assert.equal(JSON.stringify(trial).includes("s3cret-pass"), false);
    await server.close();
  });

  test("measures the parts of the way, those of TLS and of a name too", async () => {
    const certificates = makeCertificates();
    const server = await startFaultServer(reply("status=ACK"), { tls: certificates.good });
    const parts = {
      ...PARTS,
      trustedCertificates: [certificates.ca],
      dns: fixedNames({ localhost: ["127.0.0.1"] }),
    };
    const trial = await tryWebhook(parts, webhookAt(`${server.origin}/`), VALUES);
    assert.equal(trial.said.code, "receiverSaidAck", trial.said.text);
    const { dns, connect, tls, firstByte, body, total } = trial.timings;
    const spent = [dns, connect, tls, firstByte, body];
    assert.ok(
      spent.every((one) => one !== undefined && one >= 0),
      JSON.stringify(trial.timings),
    );
    assert.ok((tls ?? 0) > 0);
    const sum = spent.reduce<number>((all, one) => all + (one ?? 0), 0);
    assert.ok(sum <= total + 0.05, `${sum} of ${total}`);
    await server.close();
  });

  test("that gets no reply says why as code and arguments, and how long the last part took", async () => {
    const hanging = await startFaultServer(() => {});
    const trial = await tryWebhook(PARTS, webhookAt(`${hanging.origin}/`, 1_000), VALUES);
    assert.equal(trial.reply, undefined);
    assert.equal(trial.judgement, undefined);
    assert.deepEqual([trial.said.code, trial.said.args["phase"]], ["deadline", "waiting"]);
    assert.equal(trial.timings.dns, undefined);
    assert.ok((trial.timings.firstByte ?? 0) > 500, JSON.stringify(trial.timings));
    await hanging.close();
  });

  test("of a forbidden address, a bad URL: nothing is sent", async () => {
    const refused = await tryWebhook(
      { ...PARTS, allowedNetworks: () => [] },
      webhookAt("http://127.0.0.1:1/"),
      VALUES,
    );
    assert.equal(refused.said.code, "addressNotListed");
    const metadata = await tryWebhook(PARTS, webhookAt("http://169.254.169.254/latest"), VALUES);
    assert.equal(metadata.said.code, "addressForbidden");
    const bad = await tryWebhook(PARTS, webhookAt("http://crm.example/{kode}"), VALUES);
    assert.equal(bad.said.code, "badUrl");
    assert.equal(bad.request, undefined);
  });
});
