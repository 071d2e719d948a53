import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Program } from "./process.ts";

/** A Kamailio in front of the switchboard: it records its route and relays everything, inward and back. */
export interface Proxy {
  stop(): Promise<void>;
}

/** Starts Kamailio at `at`, port 5060 over UDP; new requests go to `server` (`host:port`). */
export function startProxy(at: string, server: string): Proxy {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-kamailio-"));
  const file = path.join(folder, "kamailio.cfg");
  writeFileSync(file, configuration(at, server));
  const program = new Program("kamailio", ["-DD", "-E", "-f", file, "-Y", folder, "-m", "64", "-M", "8"]);
  return {
    async stop() {
      await program.stop("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(at: string, server: string): string {
  return `#!KAMAILIO
children=1
disable_tcp=yes
listen=udp:${at}:5060
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
request_route {
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if ($rm == "ACK" && t_check_trans()) { t_relay(); exit; }
    if ($rm != "ACK") { sl_send_reply("404", "Not here"); }
    exit;
  }
  if ($rm == "CANCEL") { if (t_check_trans()) { t_relay(); } exit; }
  record_route();
  $du = "sip:${server}";
  t_relay();
}
`;
}
