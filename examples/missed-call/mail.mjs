// One e-mail by SMTP (RFC 5321), without a library: to a mail server on this machine, or by TLS with a password.
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { connect as connectTls } from "node:tls";

const base64 = (text) => Buffer.from(text, "utf8").toString("base64");

/** Sends it, or throws what the mail server said. `server`: smtp://host:port or smtps://user:password@host:port. */
export async function sendMail(server, { from, to, subject, text }) {
  const { protocol, hostname, port, username, password } = new URL(server);
  const isTls = protocol === "smtps:";
  const place = { host: hostname, port: Number(port || (isTls ? 465 : 25)), servername: hostname };
  const socket = isTls ? connectTls(place) : connect(place);
  socket.setTimeout(10_000, () => socket.destroy(new Error("no answer for 10 s")));
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const gone = new Promise((_, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the mail server closed the connection")));
  });
  gone.catch(() => {});
  const say = async (line, wanted) => {
    if (line !== undefined) socket.write(`${line}\r\n`);
    for (;;) {
      const { value } = await Promise.race([lines.next(), gone]);
      if (value === undefined) throw new Error("the mail server closed the connection");
      // `250-` is followed by more of the same answer.
      if (value[3] === "-") continue;
      if (!value.startsWith(wanted)) throw new Error(value);
      return;
    }
  };
  try {
    await say(undefined, "220");
    await say("EHLO localhost", "250");
    if (username !== "")
      await say(
        `AUTH PLAIN ${base64(`\0${decodeURIComponent(username)}\0${decodeURIComponent(password)}`)}`,
        "235",
      );
    await say(`MAIL FROM:<${from}>`, "250");
    await say(`RCPT TO:<${to}>`, "250");
    await say("DATA", "354");
    // Whatever a caller's name holds, it is neither another header nor the end of the mail.
    await say(
      [
        `From: <${from}>`,
        `To: <${to}>`,
        `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
        `Subject: ${subject.replaceAll(/[^ -~]/g, "?").slice(0, 200)}`,
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        ...(base64(text).match(/.{1,76}/g) ?? []),
        ".",
      ].join("\r\n"),
      "250",
    );
    socket.write("QUIT\r\n");
  } finally {
    socket.end();
  }
}
