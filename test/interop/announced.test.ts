// T8, T10: what each listener announces, and a trunk that no listener of the server leads to.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { selfSigned } from "../contract/certificate.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { runCli, startServer, type TestServer } from "../support/server.ts";
import { header } from "../support/sip-text.ts";
import { registerPhone, sippCallee, stopEverySipp } from "../support/sipp.ts";
import { TlsCaller } from "../support/tls-caller.ts";
import { needs } from "./needs.ts";

const DID = { phone: "+31501000001", out: "+31501000002" } as const;
const [caller, at215, serverAddress] = [ownAddress(), ownAddress(), ownAddress()];
const WARNING =
  /trunks\[0\]\.hosts\[0\]: Trunk "carrier" cannot be called here: the server listens on no IPv6 address/;

describe("a server that announces other addresses than its own", { skip: needs("sipp", "openssl") }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-announced-"));
  const company = companyText({
    caller,
    anchored: ["215"],
    routes: {
      [DID.phone]: [ringPhone("215")],
      [DID.out]: ['{ type: fixedDestination, number: "+31612345678", ringSeconds: 3 }'],
    },
  }).replace(`sip:${caller}:5060;transport=udp`, "sip:[2001:db8::7]:5060;transport=udp");
  let server: TestServer;
  let trunk: TlsCaller;

  before(async () => {
    const { certPem, keyPem } = selfSigned([`IP:${serverAddress}`]);
    const [cert, key] = [path.join(folder, "cert.pem"), path.join(folder, "key.pem")];
    writeFileSync(cert, certPem);
    writeFileSync(key, keyPem);
    const announced = ["198.51.100.7", "tls=secure.example.com:443"].flatMap((one) => ["--advertise", one]);
    const sound = ["198.51.100.9", "2001:db8::9"].flatMap((one) => ["--rtp-address", one]);
    const tls = ["--sips", `${serverAddress}:5061`, "--tls-cert", cert, "--tls-key", key];
    server = await startServer({ company, address: serverAddress, flags: [...tls, ...announced, ...sound] });
    await registerPhone(at215, `${serverAddress}:5060`, { extension: "215", password: PASSWORD });
    trunk = await TlsCaller.open(caller, { host: serverAddress, port: 5061 });
  });

  after(async () => {
    trunk.close();
    await stopEverySipp();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test("T10: Via, Contact and c= are right for each listener", async () => {
    const phone = await sippCallee("phone-answers", { at: at215, server: `${serverAddress}:5060` });
    await trunk.call(DID.phone, 1);
    const [answer = ""] = trunk.answers;
    assert.equal(header(answer, "Contact"), "<sip:secure.example.com:443;transport=tls>");
    assert.match(answer, /^c=IN IP4 198\.51\.100\.9\r$/m);
    const invite = await phone.has("INVITE");
    assert.match(header(invite, "Via"), /^SIP\/2\.0\/UDP 198\.51\.100\.7:5060;/);
    assert.match(header(invite, "Contact"), /@?198\.51\.100\.7:5060>/);
    assert.match(invite, /^c=IN IP4 198\.51\.100\.9\r$/m);
    await trunk.hangUp();
    await phone.succeeded();
  });

  test("T8: a trunk that no listener leads to is named at start and apply, and the call's story says why", async () => {
    assert.match(server.process.stderr, WARNING);
    const applied = await server.tryApply(company);
    assert.equal(applied.code, 0);
    assert.match(applied.stderr, WARNING);
    await assert.rejects(trunk.call(DID.out, 1), /the call was answered [456]/);
    const { id } = await server.recordOf(DID.out);
    const shown = await server.cli("calls", "show", id);
    assert.match(
      shown.stdout.replaceAll(/\s+/g, " "),
      /trunk "carrier" cannot be reached at udp:\[2001:db8::7\]:5060: no --sip of the server listens on IPv6/,
    );
  });

  test("T10: nonsense is refused at start with its sentence", async () => {
    const flags = ["--data", path.join(folder, "d"), "--sip", `${serverAddress}:5070`];
    const ended = await runCli(["start", ...flags, "--advertise", "http://x", "--advertise", "2001:db8::7"]);
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /^--advertise: "http:\/\/x" names no host/m);
    assert.match(
      ended.stderr,
      /^--advertise: "2001:db8::7" would be announced nowhere: there is no listener for IPv6/m,
    );
  });
});
