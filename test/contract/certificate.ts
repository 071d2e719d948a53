import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  readonly certPem: string;
  readonly keyPem: string;
}

/**
 * A self-signed certificate, valid for two days, made by the openssl command (Debian: openssl). `names` as openssl
 * writes them: `IP:127.0.0.1`, `DNS:sip.example.org`, `URI:sip:example.org`.
 */
export function selfSigned(names: readonly string[]): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-cert-"));
  const key = join(folder, "key.pem");
  const cert = join(folder, "cert.pem");
  try {
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    const subject = ["-subj", "/CN=Switchhook test", "-addext", `subjectAltName=${names.join(",")}`];
    execFileSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", cert], {
      stdio: "pipe",
    });
    return { certPem: readFileSync(cert, "utf8"), keyPem: readFileSync(key, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
