import { readFile, stat } from "node:fs/promises";
import { err, type Result } from "../lib/result.ts";
import { checkTls, type TlsMaterial, type TlsPaths, type TlsTexts } from "./certificate.ts";

/** The files of a certificate, as the watch sees them. */
export interface TlsFiles {
  readonly paths: TlsPaths;
  /** Reads and checks them; an error is a sentence. Rejects never. */
  read(): Promise<Result<TlsMaterial, string>>;
  /** What changes when a file is written, replaced, or when a link leads elsewhere. Rejects never. */
  stamp(): Promise<string>;
}

/** More is no certificate: all authorities of the Web are 250 KiB. */
const MAX_BYTES = 4 * 1024 * 1024;

const KINDS = [
  ["cert", "--tls-cert"],
  ["key", "--tls-key"],
  ["ca", "--tls-ca"],
  ["clientCa", "--tls-client-ca"],
] as const;

/** The real files. */
export function tlsFiles(paths: TlsPaths): TlsFiles {
  const given = KINDS.flatMap(([kind, flag]) => {
    const path = paths[kind];
    return path === undefined ? [] : [{ kind, flag, path }];
  });
  return {
    paths,
    async read() {
      const texts: { -readonly [Kind in keyof TlsTexts]: TlsTexts[Kind] } = {};
      for (const { kind, flag, path } of given) {
        const facts = await stat(path).catch((error: unknown) => reasonOf(error));
        if (typeof facts === "string") return err(`${flag}: ${path} ${facts}.`);
        if (!facts.isFile()) return err(`${flag}: ${path} is no file.`);
        if (facts.size > MAX_BYTES) return err(`${flag}: ${path} is larger than 4 MiB.`);
        try {
          texts[kind] = await readFile(path, "utf8");
        } catch (error) {
          return err(`${flag}: ${path} ${reasonOf(error)}.`);
        }
      }
      return checkTls(texts, paths);
    },
    async stamp() {
      // By the name, so that a link which leads to another file now (certbot, Kubernetes) is seen.
      const stamps = given.map(({ path }) =>
        stat(path).then(
          ({ dev, ino, size, mtimeMs, ctimeMs }) => [dev, ino, size, mtimeMs, ctimeMs].join(" "),
          (error: unknown) => reasonOf(error),
        ),
      );
      return (await Promise.all(stamps)).join("\n");
    },
  };
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "ENOENT" || code === "ENOTDIR") return "does not exist";
  if (code === "EACCES" || code === "EPERM") return "may not be read by this user";
  return `cannot be read (${code === "" ? String(error) : code})`;
}
