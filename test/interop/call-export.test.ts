// A call's capture file, read by tshark: every message in its order, between the right addresses, all checksums good.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pcapOf } from "../../src/admin/calls/pcap.ts";
import type { CallRecord, SipTrace } from "../../src/model/call-record.ts";
import { callRecord } from "../support/call-record.ts";
import { needs } from "./needs.ts";

const skip = needs("tshark");

function request(method: string, peer: string, sentBy: string): string {
  return [
    `${method} sip:215@${peer} SIP/2.0`,
    `Via: SIP/2.0/UDP ${sentBy};branch=z9hG4bK1`,
    "From: <sip:a@example.com>;tag=1",
    "To: <sip:b@example.com>",
    "Call-ID: one@example.com",
    `CSeq: 1 ${method}`,
    "Max-Forwards: 70",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}

const answer = request("INVITE", "x", "192.0.2.7:5090").replace(/^INVITE \S+ SIP\/2\.0/, "SIP/2.0 200 OK");

function message(seq: number, direction: "in" | "out", peer: string, text: string): SipTrace {
  return { seq, atMs: seq * 10.5, leg: "A", direction, peer, text };
}

interface Packet {
  readonly line: string;
  readonly from: string;
  readonly to: string;
  readonly time: string;
  readonly bad: string;
}

function readByTshark(record: CallRecord): readonly Packet[] {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-export-"));
  try {
    const file = path.join(folder, "call.pcap");
    writeFileSync(file, pcapOf(record));
    const fields = [
      "sip.Request-Line",
      "sip.Status-Line",
      "ip.src",
      "ipv6.src",
      "udp.srcport",
      "ip.dst",
      "ipv6.dst",
      "udp.dstport",
      "frame.time_epoch",
      "ip.checksum.status",
      "udp.checksum.status",
      "_ws.malformed",
    ];
    const args = ["-r", file, "-n", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];
    const text = execFileSync(
      "tshark",
      [...args, "-T", "fields", "-E", "separator=|", ...fields.flatMap((field) => ["-e", field])],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    return text
      .trimEnd()
      .split("\n")
      .map((line) => {
        const [
          req = "",
          status = "",
          s4 = "",
          s6 = "",
          sp = "",
          d4 = "",
          d6 = "",
          dp = "",
          time = "",
          ...rest
        ] = line.split("|");
        const [ip = "", udp = "", malformed = ""] = rest;
        const bad = [ip === "0" ? "ip" : "", udp === "0" ? "udp" : "", malformed].join("");
        return { line: req + status, from: `${s4}${s6} ${sp}`, to: `${d4}${d6} ${dp}`, time, bad };
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a call's capture file is what was on the wire, as another program reads it", { skip }, () => {
  const record = callRecord("abc", 1_700_000_000_123, {
    story: [],
    sip: [
      message(2, "in", "udp:192.0.2.7:5090", answer),
      message(1, "out", "udp:192.0.2.7:5090", request("INVITE", "192.0.2.7", "198.51.100.3:5061")),
      message(3, "in", "udp:[2001:db8::7]:5060", request("BYE", "[2001:db8::1]", "[2001:db8::7]:5060")),
      message(4, "out", "tls:203.0.113.5:5061", `${request("ACK", "203.0.113.5", "198.51.100.3:5061")}odd`),
    ],
  });
  const packets = readByTshark(record);
  assert.deepEqual(
    packets.map(({ line, from, to }) => `${line.slice(0, 14)} ${from} > ${to}`),
    [
      "INVITE sip:215 198.51.100.3 5061 > 192.0.2.7 5090",
      "SIP/2.0 200 OK 192.0.2.7 5090 > 198.51.100.3 5061",
      "BYE sip:215@[2 2001:db8::7 5060 > 2001:db8::1 5060",
      "ACK sip:215@20 198.51.100.3 5061 > 203.0.113.5 5061",
    ],
  );
  assert.deepEqual(
    packets.map(({ bad }) => bad),
    ["", "", "", ""],
  );
  // 10.5 ms after the beginning, to the microsecond.
  assert.match(packets[0]?.time ?? "", /1700000000\.133500|00\.133500/);
});

test("a message that is longer than a packet may be is cut, and the file stays whole", { skip }, () => {
  const long = `${request("INVITE", "192.0.2.7", "198.51.100.3")}${"x".repeat(70_000)}`;
  const record = callRecord("abc", 0, {
    sip: [message(1, "out", "udp:192.0.2.7:5060", long), message(2, "in", "udp:192.0.2.7:5060", answer)],
  });
  assert.equal(readByTshark(record).length, 2);
});
