import { dirname } from "node:path";
import type { AudioFault, Message, Progress } from "../admin/apply-audio.ts";
import { prepareAudio, storedNames } from "../admin/apply-audio.ts";
import type { AudioReceiver } from "../admin/send-audio.ts";
import { sendingSource } from "../admin/send-audio.ts";
import type { AudioEntry } from "../api/contract/audio.ts";
import { audioContent, audioList } from "../api/contract/audio.ts";
import { applyAnswer } from "../api/contract/company.ts";
import type { FileDifference } from "../api/contract/company-file.ts";
import { type CompanyFile, readCompany } from "../company/file.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import { isSameSource } from "../model/entities/audio-message.ts";
import type { Ask, ReadFailure } from "./api-client.ts";
import type { Failure } from "./failure.ts";
import type { ApplyHow, ApplyReport, AudioInstallation } from "./installation-port.ts";

/** Carries a failure of the connection out of code that does not expect any. */
class Unreachable extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.type);
    this.failure = failure;
  }
}

/** Audio messages of a running server, and company files: the apply sends what sound it does not have. */
export class AudioOverApi implements AudioInstallation {
  readonly #ask: Ask;
  readonly #failureOf: ReadFailure;

  constructor(ask: Ask, failureOf: ReadFailure) {
    this.#ask = ask;
    this.#failureOf = failureOf;
  }

  /** Sends the sound of a company file's messages, then applies it. */
  async apply(
    text: string,
    file: string,
    { progress, overwrite }: ApplyHow,
  ): Promise<Result<ApplyReport, Failure>> {
    const query = new URLSearchParams({ file, overwrite: String(overwrite) }).toString();
    const read = readCompany(text, file);
    // A file with errors is the server's to judge, and so is one without messages.
    if (!read.ok || read.value.company.audioMessages.length === 0) {
      return this.#change(`company?${query}`, {
        method: "PUT",
        body: text,
        headers: { "content-type": "application/yaml" },
      });
    }
    return this.#reaching(async () => {
      const list = await this.list();
      if (!list.ok) return list;
      const { company, was } = read.value;
      const source = sendingSource(dirname(file), this.#receiver());
      const audio = await prepareAudio(company.audioMessages, knownIn(list.value, was), source, progress);
      if (!audio.ok)
        return err({ type: "refused", problems: audio.error.map((problem) => read.value.locate(problem)) });
      const contents = Object.fromEntries([...audio.value].map(([name, { content }]) => [name, content]));
      const body = JSON.stringify({ company: text, audio: contents });
      return this.#change(`company/with-audio?${query}`, { method: "PUT", body });
    });
  }

  /** What an apply would do. */
  async diff(text: string, file: string, overwrite: boolean): Promise<Result<FileDifference, Failure>> {
    const query = new URLSearchParams({ file, overwrite: String(overwrite) }).toString();
    const headers = { "content-type": "application/yaml" };
    const response = await this.#ask(`company/diff?${query}`, { method: "POST", body: text, headers });
    if (!response.ok) return response;
    if (!response.value.ok) return err(await this.#failureOf(response.value));
    return ok((await response.value.json()) as FileDifference);
  }

  async list(): Promise<Result<readonly AudioEntry[], Failure>> {
    const response = await this.#ask("audio");
    if (!response.ok) return response;
    if (!response.value.ok) return err(await this.#failureOf(response.value));
    return ok(audioList.parse(await response.value.json()).messages);
  }

  async add(message: Message, folder: string, progress: Progress): Promise<Result<ApplyReport, Failure>> {
    return this.#reaching(async () => {
      const { name, ...source } = message;
      const made = await prepareAudio(
        [message],
        () => undefined,
        sendingSource(folder, this.#receiver()),
        progress,
      );
      if (!made.ok)
        return err({ type: "rejected", sentence: made.error.map((one) => one.message).join(" ") });
      const body = JSON.stringify({ ...source, content: made.value.get(name)?.content });
      return this.#change(`audio/message?name=${encodeURIComponent(name)}`, { method: "PUT", body });
    });
  }

  async wav(name: string): Promise<Result<Uint8Array | undefined, Failure>> {
    const response = await this.#ask(`audio/message?name=${encodeURIComponent(name)}`);
    if (!response.ok) return response;
    if (response.value.status === 404) return ok(undefined);
    if (!response.value.ok) return err(await this.#failureOf(response.value));
    return ok(new Uint8Array(await response.value.arrayBuffer()));
  }

  remove(name: string): Promise<Result<ApplyReport, Failure>> {
    return this.#change(`audio/message?name=${encodeURIComponent(name)}`, { method: "DELETE" });
  }

  async #change(path: string, init: RequestInit): Promise<Result<ApplyReport, Failure>> {
    const response = await this.#ask(path, init);
    if (!response.ok) return response;
    if (!response.value.ok) return err(await this.#failureOf(response.value));
    return ok({ live: true, ...applyAnswer.parse(await response.value.json()) });
  }

  #receiver(): AudioReceiver {
    return {
      find: async (content) => {
        const response = await this.#reach(`audio/content/${content}`);
        return response.status === 404 ? undefined : this.#content(response);
      },
      send: (bytes, file) =>
        this.#made(`audio/content?file=${encodeURIComponent(file)}`, {
          method: "POST",
          body: new Blob([bytes.slice()]),
          headers: { "content-type": "application/octet-stream" },
        }),
      speak: (text, language) =>
        this.#made(`audio/speech?language=${language}`, { method: "POST", body: text }),
    };
  }

  /** A sound that was made, or the server's sentence why not. */
  async #made(path: string, init: RequestInit): Promise<Result<StoredAudio, AudioFault>> {
    const response = await this.#reach(path, init);
    if (response.status !== 422 && response.status !== 413) return ok(await this.#content(response));
    const body = (await response.json()) as { readonly detail?: string };
    return err({ type: "unusable", sentence: body.detail ?? "The sound cannot be used." });
  }

  async #content(response: Response): Promise<StoredAudio> {
    if (!response.ok) throw new Unreachable(await this.#failureOf(response));
    return audioContent.parse(await response.json());
  }

  async #reach(path: string, init?: RequestInit): Promise<Response> {
    const response = await this.#ask(path, init);
    if (!response.ok) throw new Unreachable(response.error);
    return response.value;
  }

  async #reaching<T>(work: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Unreachable) return err(error.failure);
      throw error;
    }
  }
}

/** What the server has for a message, under its name or its former one, from the same source. */
function knownIn(
  entries: readonly AudioEntry[],
  was: CompanyFile["was"],
): (message: Message) => StoredAudio | undefined {
  const byName = new Map(entries.filter(({ builtIn }) => !builtIn).map((entry) => [entry.name, entry]));
  return (message) => {
    const [entry] = storedNames(message, was).flatMap((name) => byName.get(name) ?? []);
    if (entry?.content === undefined || !isSameSource(entry, message)) return undefined;
    return { content: entry.content, durationMs: entry.durationMs ?? 0 };
  };
}
