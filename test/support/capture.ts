import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { needs } from "../interop/needs.ts";
import { ownAddress } from "./loopback.ts";
import { Program, until } from "./process.ts";

/** For the `skip` option: false where tshark is here and may capture, and always in CI. */
export function needsCapture(): string | false {
  const absent = needs("tshark");
  if (absent !== false || process.env.CI === "true") return absent;
  // Without the right to capture no interface is listed.
  const listed = spawnSync("tshark", ["-D"], { encoding: "utf8" }).stdout;
  return listed.includes("any") ? false : "needs the right to capture packets (tshark)";
}

/** By these the marker is known; tshark fills a field only once, so nobody may ask for them again. */
const MARKER_FIELDS = ["ip.dst", "udp.dstport"];
const FIELDS = ["ip.src", "ipv6.dst", "tcp.dstport", "sip.Request-Line", "sip.Status-Line"];

/** Another program's eyes on the wire: tshark on all interfaces (it needs the right to capture). */
export class Capture {
  readonly #program: Program;
  readonly #marker: { readonly host: string; readonly port: number };
  #lines: readonly string[] | undefined;

  private constructor(program: Program, marker: { readonly host: string; readonly port: number }) {
    this.#program = program;
    this.#marker = marker;
  }

  /** Captures what a pcap filter (`host 192.0.2.1 and udp`) lets through, from now on; `fields` are tshark's. */
  static async start(filter: string, fields: readonly string[] = FIELDS): Promise<Capture> {
    const marker = { host: ownAddress(), port: 9 };
    const ours = `(udp and host ${marker.host} and port ${marker.port})`;
    const wanted = [...MARKER_FIELDS, ...fields].flatMap((field) => ["-e", field]);
    const quietly = ["-i", "any", "-n", "-l", "-Q", "-T", "fields"];
    const program = new Program("tshark", [...quietly, "-f", `${ours} or (${filter})`, ...wanted]);
    const capture = new Capture(program, marker);
    try {
      await until("tshark to capture", async () => {
        if (program.result !== undefined) throw new Error(`tshark cannot capture: ${program.stderr}`);
        await capture.#mark();
        return capture.#marked > 0;
      });
    } catch (error) {
      await program.stop("SIGKILL");
      throw error;
    }
    return capture;
  }

  /** Ends the capture; for each packet a line: destination, UDP port, then the fields, separated by tabs. */
  async stop(): Promise<readonly string[]> {
    if (this.#lines !== undefined) return this.#lines;
    // What was sent before the marker has been seen when the marker has.
    const before = this.#marked;
    await until("the last packets", async () => {
      await this.#mark();
      return this.#marked > before;
    });
    await this.#program.stop("SIGINT");
    this.#lines = this.#program.stdout
      .split("\n")
      .filter((line) => line.trim() !== "" && !this.#isMarker(line));
    return this.#lines;
  }

  get #marked(): number {
    return this.#program.stdout.split("\n").filter((line) => this.#isMarker(line)).length;
  }

  #isMarker(line: string): boolean {
    const [to, port] = line.split("\t");
    return to === this.#marker.host && port === String(this.#marker.port);
  }

  #mark(): Promise<void> {
    const socket = createSocket("udp4");
    return new Promise((resolve) => {
      socket.send("marker", this.#marker.port, this.#marker.host, () => socket.close(resolve));
    });
  }
}
