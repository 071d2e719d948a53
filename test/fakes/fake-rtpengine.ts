import { createSocket, type Socket } from "node:dgram";

/** A command as it came. */
interface Asked {
  readonly command: string;
  readonly cookie: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What it describes its own ports with. */
export const FAKE_SDP =
  "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8\r\n";

/** Answers as the test says; a command that gets nothing is not answered. */
export class FakeRtpengine {
  readonly socket: Socket = createSocket("udp4");
  readonly asked: Asked[] = [];
  answer: (asked: Asked) => unknown = healthy;
  deaf = false;

  static async start(): Promise<FakeRtpengine> {
    const fake = new FakeRtpengine();
    await new Promise<void>((resolve) => fake.socket.bind(0, "127.0.0.1", resolve));
    fake.socket.on("message", (datagram, from) => {
      const text = datagram.toString("utf8");
      const space = text.indexOf(" ");
      const body = JSON.parse(text.slice(space + 1)) as Record<string, unknown>;
      const asked = { command: String(body.command), cookie: text.slice(0, space), body };
      fake.asked.push(asked);
      const answer = fake.deaf ? undefined : fake.answer(asked);
      if (answer === undefined) return;
      const said = typeof answer === "string" ? answer : JSON.stringify(answer);
      fake.socket.send(`${asked.cookie} ${said}`, from.port, from.address);
    });
    return fake;
  }

  get port(): number {
    return this.socket.address().port;
  }

  commands(name: string): readonly Asked[] {
    return this.asked.filter(({ command }) => command === name);
  }
}

/** How one that is well answers. */
export function healthy({ command }: Asked): unknown {
  if (command === "ping") return { result: "pong" };
  if (command === "offer" || command === "answer") return { result: "ok", sdp: FAKE_SDP };
  return { result: "ok" };
}

/** Its answer to a query: so many packets have come at each of these ends, from this address. */
export function standing(packets: number, address: string, tags: readonly string[] = ["A.1"]): unknown {
  const stream = { flags: ["RTP", "confirmed"], endpoint: { address }, stats: { packets, errors: 0 } };
  const medias = [{ streams: [stream] }];
  return { result: "ok", tags: Object.fromEntries(tags.map((tag) => [tag, { medias }])) };
}
