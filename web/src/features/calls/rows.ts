import type { Span } from "../../../../src/model/spans.ts";
import { spans } from "../../../../src/model/spans.ts";
import { type Entry, timeline } from "../../../../src/model/timeline.ts";
import { duration } from "../../lib/format.ts";
import type { Tone } from "../../theme/tokens.ts";
import { webhookKey } from "./actors.ts";
import type { Message } from "./message.ts";
import { accountOf, repliedSaying } from "./replied.ts";
import { nameOf, type Of, type Row, textOf, whoIs } from "./row.ts";
import { RowPile, type Sought } from "./row-pile.ts";
import type { RowSaying } from "./row-saying.ts";
import type { ShownCall } from "./shown-call.ts";
import { soundSaying } from "./sound-in.ts";

/** Which rows: what matters, or every message. */
export type View = "important" | "every";

/** The rows of a call in their order, their times as the language has them. Pure but for that; any record gives rows. */
export function rowsOf(call: ShownCall, view: View): readonly Row[] {
  return new RowBuilder(call, view).rows();
}

const isInvite = (one: Message): boolean => one.name === "INVITE";

/** Reads the events in their order, and says of each what its row says. */
class RowBuilder {
  readonly #entries: readonly Entry[];
  readonly #pile: RowPile;
  readonly #spans: readonly Span[];
  readonly #view: View;
  #at = 0;
  #keys: Of<"key">[] = [];

  constructor(call: ShownCall, view: View) {
    this.#entries = timeline(call);
    this.#spans = spans(call);
    this.#view = view;
    this.#pile = new RowPile(this.#entries);
  }

  rows(): readonly Row[] {
    for (; this.#at < this.#entries.length; this.#at += 1) {
      const entry = this.#entries[this.#at];
      if (entry === undefined || entry.type === "sip") continue;
      if (entry.type === "key") this.#keys.push(entry);
      else this.#story(entry);
    }
    this.#pressed();
    this.#pile.plainMessages(this.#view === "every");
    return this.#pile.rows();
  }

  #story(entry: Exclude<Entry, Of<"sip"> | Of<"key">>): void {
    switch (entry.type) {
      case "received":
        return this.#received(entry);
      case "number":
      case "plan":
      case "soundEnds":
        return;
      case "step":
        return this.#step(entry);
      case "asked":
        return this.#asked(entry);
      case "replied":
        return this.#replied(entry);
      case "leg":
        return this.#leg(entry, undefined);
      case "legEvent":
        return this.#legEvent(entry);
      case "answered":
        return this.#answered(entry);
      case "soundBegins":
        return this.#sound(entry);
      case "note":
        return this.#note(entry);
      case "leftOut":
        return this.#pile.add(entry, { icon: "note", tone: "warn", said: { event: entry } });
      case "media":
        if (this.#view === "every") this.#pile.add(entry, { icon: "note", said: { event: entry } });
        return;
      case "ended":
        return this.#ended(entry);
    }
  }

  #received(entry: Of<"received">): void {
    const next = this.#entries.slice(this.#at + 1, this.#at + 4);
    const number = next.find((one): one is Of<"number"> => one.type === "number");
    const plan = next.find((one): one is Of<"plan"> => one.type === "plan");
    const more: RowSaying | undefined =
      number !== undefined && number.matched === undefined
        ? { event: number }
        : plan === undefined
          ? undefined
          : plan.version === 0
            ? { key: "ownCall", values: {} }
            : { key: "planTakes", values: { plan: plan.plan } };
    const to = number?.matched ?? number?.understood ?? /^sips?:([^@;]+)@/.exec(entry.to)?.[1] ?? entry.to;
    const covers = [number, plan].flatMap((one) => (one === undefined ? [] : [one.seq]));
    this.#pile.message(
      entry,
      { leg: "A", direction: "in", match: isInvite },
      {
        said: { key: "cameIn", values: { number: { phone: to } } },
        more,
        covers,
      },
    );
  }

  #step(entry: Of<"step">): void {
    const { code = "", args = {}, text, step } = entry.entry;
    const said: RowSaying = { said: { code, args, text } };
    switch (code) {
      // Told by the request and the reply themselves.
      case "webhook.asks":
      case "webhook.codeRefused":
      case "ring.answered":
        return;
      case "webhook.asksWithCode":
        return this.#typed(entry, args);
      case "webhook.asksForCode":
        this.#pressed();
        return this.#pile.decision(entry, {
          key: "asksForCode",
          values: { attempt: Number(args["attempt"]), attempts: Number(args["attempts"]) },
        });
      case "webhook.successful":
        return this.#pile.decision(entry, { key: "successBranch", values: {} }, "good");
      case "webhook.failed":
        return this.#pile.decision(entry, { key: "failedBranch", values: {} }, "bad");
      case "ring.rings":
        return this.#rings(entry, args);
      default:
        this.#pressed();
        return step === "" ? this.#pile.add(entry, { icon: "note", said }) : this.#pile.decision(entry, said);
    }
  }

  #rings(entry: Of<"step">, args: Readonly<Record<string, unknown>>): void {
    const said: RowSaying = {
      key: "ring",
      values: { who: nameOf(textOf(args["who"])), seconds: Number(args["ringSeconds"] ?? 0) },
    };
    const isOne = !textOf(args["targets"]).includes(" ");
    const legs = this.#entries.slice(this.#at + 1, this.#at + 8);
    const leg = isOne ? legs.find((one): one is Of<"leg"> => one.type === "leg") : undefined;
    if (leg === undefined) return this.#pile.decision(entry, said);
    this.#leg(leg, { entry, said });
  }

  /** `by`: the step that rings this leg alone, whose row it shares. */
  #leg(entry: Of<"leg">, by: { readonly entry: Of<"step">; readonly said: RowSaying } | undefined): void {
    if (!this.#pile.claim(entry.seq)) return;
    const { shownName, shownNumber } = entry;
    const name = shownName === "" ? "" : `“${shownName}”`;
    this.#pile.message(
      entry,
      { leg: entry.leg, direction: "out", match: isInvite },
      {
        said: by?.said ?? { key: "calls", values: { who: whoIs(entry.target) } },
        more:
          name === "" && shownNumber === ""
            ? { key: "showsNothing", values: {} }
            : { key: "shows", values: { name, number: { phone: shownNumber } } },
        step: by?.entry.entry.step,
        covers: by === undefined ? [] : [by.entry.seq],
      },
    );
  }

  #legEvent(entry: Of<"legEvent">): void {
    const who = this.#pile.who(entry.leg);
    const { what, status } = entry;
    const isGood = what === "ringing" || what === "earlyMedia";
    const match = (one: Message): boolean =>
      what === "cancelled" ? one.name === "CANCEL" : status !== undefined && one.status === status;
    const tone: Tone = isGood ? "neutral" : what === "cancelled" || what === "redirected" ? "neutral" : "bad";
    const said: RowSaying = isGood
      ? { key: what, values: { who } }
      : { key: what, values: { who, detail: { detail: entry } } };
    const direction = what === "cancelled" ? "out" : "in";
    this.#pile.message(entry, { leg: entry.leg, direction, match }, { said, tone });
  }

  #answered(entry: Of<"answered">): void {
    const said: RowSaying = { key: "answers", values: { who: this.#pile.who(entry.leg) } };
    const isAnswer = (one: Message): boolean =>
      one.method === "INVITE" && one.status !== undefined && one.status >= 200 && one.status < 300;
    this.#pile.message(entry, { leg: entry.leg, direction: "in", match: isAnswer }, { said, tone: "good" });
  }

  #asked(entry: Of<"asked">): void {
    const reply = this.#entries
      .slice(this.#at + 1)
      .find((one): one is Of<"replied"> => one.type === "replied" && one.webhook === entry.webhook);
    const path = URL.parse(entry.url)?.pathname ?? "";
    this.#pile.add(entry, {
      icon: "webhook",
      tone: "webhook",
      said: { key: "asked", values: { webhook: entry.webhook } },
      arrow: {
        from: "us",
        to: webhookKey(entry.webhook),
        label: `${entry.method ?? "GET"} ${path}`.trim(),
        tone: "webhook",
      },
      opens: {
        type: "webhook",
        asked: entry,
        reply,
        account: reply && accountOf(reply, this.#entries),
      },
    });
  }

  #replied(entry: Of<"replied">): void {
    const asked = this.#entries
      .slice(0, this.#at)
      .findLast((one): one is Of<"asked"> => one.type === "asked" && one.webhook === entry.webhook);
    const account = accountOf(entry, this.#entries);
    const isForCode = entry.callerGone !== true && this.#typedBefore(asked?.seq ?? 0);
    const tone: Tone = entry.verdict === "ack" ? "good" : entry.verdict === "nak" ? "warn" : "bad";
    const label = [entry.status, duration(entry.elapsedMs)].filter((one) => one !== undefined).join(" · ");
    this.#pile.add(entry, {
      icon: "webhook",
      tone,
      said: repliedSaying(entry, account, isForCode),
      arrow: { from: webhookKey(entry.webhook), to: "us", label, tone: tone === "bad" ? "bad" : "webhook" },
      opens:
        asked === undefined
          ? { type: "event", event: entry }
          : { type: "webhook", asked, reply: entry, account },
    });
  }

  /** Whether the request that stands there was for a code. */
  #typedBefore(asked: number): boolean {
    const last = this.#entries.findLast((one): one is Of<"step"> => one.type === "step" && one.seq < asked);
    return last?.entry.code === "webhook.asksWithCode";
  }

  #typed(entry: Of<"step">, args: Readonly<Record<string, unknown>>): void {
    const keys = this.#keys.map(({ seq }) => seq);
    this.#keys = [];
    const count = Number(args["digitCount"] ?? 0);
    const isHash = args["ended"] === "hash";
    this.#pile.add(entry, {
      icon: "keys",
      tone: "sound",
      step: entry.entry.step,
      said: { key: isHash ? "typedHash" : "typed", values: { count } },
      arrow: {
        from: "A",
        to: "us",
        label: `${"•".repeat(Math.min(count, 12))}${isHash ? "#" : ""}`,
        tone: "sound",
        isSound: true,
      },
      covers: keys,
      isLast: true,
    });
  }

  /** Keys that made no code. */
  #pressed(): void {
    const [first, ...rest] = this.#keys;
    this.#keys = [];
    if (first === undefined) return;
    this.#pile.add(first, {
      icon: "keys",
      tone: "sound",
      said: { key: "pressed", values: { count: rest.length + 1 } },
      arrow: {
        from: first.leg,
        to: "us",
        label: "•".repeat(Math.min(rest.length + 1, 12)),
        tone: "sound",
        isSound: true,
      },
      covers: rest.map(({ seq }) => seq),
    });
  }

  #sound(entry: Of<"soundBegins">): void {
    if (entry.sound.kind !== "message") return;
    const { name, durationMs } = entry.sound;
    const span = this.#spans.find((one) => one.kind === "heard" && one.fromSeq === entry.seq);
    const lasted = span?.toMs === undefined ? durationMs : span.toMs - span.fromMs;
    const by = span?.kind === "heard" ? span.by : undefined;
    this.#pile.add(entry, {
      icon: "sound",
      tone: "sound",
      mark: "dot",
      said: { key: "plays", values: { name } },
      more: by === undefined ? undefined : { key: `played.${by}`, values: { time: { ms: lasted } } },
    });
  }

  #note(entry: Of<"note">): void {
    if (entry.code === "note.callerAnswered") {
      const isAnswer = (one: Message): boolean => one.method === "INVITE" && one.status === 200;
      const sought: Sought = { leg: "A", direction: "out", match: isAnswer };
      const answer = this.#pile.find(sought);
      this.#pile.message(entry, sought, {
        said: { key: "answeredToAsk", values: {} },
        more: answer && soundSaying(answer.text),
      });
      return;
    }
    const isDetail = entry.code === "note.keysBy" || entry.code === "note.throughUs";
    if (isDetail && this.#view === "important") return;
    this.#pile.add(entry, { icon: "note", said: { event: entry } });
  }

  #ended(entry: Of<"ended">): void {
    this.#pressed();
    const talk = this.#spans.find((span) => span.kind === "talk");
    const talked = talk === undefined ? undefined : { ms: (talk.toMs ?? entry.atMs) - talk.fromMs };
    if (entry.by === "switchhook") {
      const match = (one: Message): boolean => one.status !== undefined && one.status === entry.status;
      this.#pile.message(
        entry,
        { leg: "A", direction: "out", match },
        { said: { event: entry }, tone: "bad" },
      );
      return;
    }
    const leg = entry.by === "caller" ? "A" : (talk?.leg ?? "B1");
    const who = entry.by === "caller" ? undefined : this.#pile.who(leg);
    const said: RowSaying =
      talked === undefined
        ? { event: entry }
        : who === undefined
          ? { key: "callerHungUp", values: { time: talked } }
          : { key: "calledHungUp", values: { who, time: talked } };
    const isEnd = (one: Message): boolean => one.name === "BYE" || one.name === "CANCEL";
    this.#pile.message(entry, { leg, direction: "in", match: isEnd }, { said });
  }
}
