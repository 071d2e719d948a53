import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server's key and certificate, PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** Certificates of a throw-away authority, made by openssl. */
export interface Certificates {
  /** The authority: what a client has to trust. */
  readonly ca: string;
  /** For `localhost`, 127.0.0.1 and ::1. */
  readonly good: ServerCertificate;
  /** Valid until yesterday. */
  readonly expired: ServerCertificate;
  /** Signed by itself instead of by the authority. */
  readonly selfSigned: ServerCertificate;
  /** For another host. */
  readonly wrongName: ServerCertificate;
}

const LOCAL = "DNS:localhost,IP:127.0.0.1,IP:::1";

/** Makes all of them in a temporary folder that is gone afterwards. Takes some tens of milliseconds. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-certificates-"));
  try {
    return makeIn(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeIn(folder: string): Certificates {
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  };
  const read = (name: string): string => readFileSync(path(name), "utf8");
  const key = (name: string): void =>
    openssl(
      "genpkey",
      "-algorithm",
      "EC",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-out",
      path(`${name}.key`),
    );
  key("ca");
  openssl(
    "req",
    "-x509",
    "-new",
    "-key",
    path("ca.key"),
    "-subj",
    "/CN=Test authority",
    "-days",
    "2",
    "-out",
    path("ca.crt"),
  );
  const issue = (name: string, names: string, days: string, signer: readonly string[]): ServerCertificate => {
    key(name);
    writeFileSync(path(`${name}.ext`), `subjectAltName=${names}\n`);
    openssl("req", "-new", "-key", path(`${name}.key`), "-subj", `/CN=${name}`, "-out", path(`${name}.csr`));
    const request = ["-in", path(`${name}.csr`), "-extfile", path(`${name}.ext`), "-days", days];
    openssl("x509", "-req", ...request, ...signer, "-out", path(`${name}.crt`));
    return { key: read(`${name}.key`), cert: read(`${name}.crt`) };
  };
  const byAuthority = ["-CA", path("ca.crt"), "-CAkey", path("ca.key"), "-CAcreateserial"];
  return {
    ca: read("ca.crt"),
    good: issue("good", LOCAL, "2", byAuthority),
    expired: issue("expired", LOCAL, "-1", byAuthority),
    selfSigned: issue("selfsigned", LOCAL, "2", ["-signkey", path("selfsigned.key")]),
    wrongName: issue("wrongname", "DNS:other.example", "2", byAuthority),
  };
}
