import { type HeaderLine, headerLine } from "./header-line.ts";
import { headerName } from "./header-names.ts";
import { splitValues } from "./value-list.ts";

/**
 * The header fields of a message in their order. Names are looked up in any case and in their compact form;
 * values come back unfolded and trimmed. What nobody touches keeps its octets.
 */
export class Headers {
  readonly #lines: HeaderLine[];

  private constructor(lines: HeaderLine[]) {
    this.#lines = lines;
  }

  /** Header fields from names and values. */
  static of(entries: Iterable<readonly [name: string, value: string]>): Headers {
    const lines: HeaderLine[] = [];
    for (const [name, value] of entries) lines.push(headerLine(name, value));
    return new Headers(lines);
  }

  /** Header fields from lines; the array becomes this object's own. */
  static ofLines(lines: HeaderLine[]): Headers {
    return new Headers(lines);
  }

  /** The lines in order, to write them out or to share them with another message. */
  get lines(): readonly HeaderLine[] {
    return this.#lines;
  }

  /** How many lines there are. */
  get size(): number {
    return this.#lines.length;
  }

  /** The value of the first field of that name. */
  get(name: string): string | undefined {
    return this.line(name)?.value;
  }

  /** The first line of that name. */
  line(name: string): HeaderLine | undefined {
    const lines = this.#lines;
    // Nearly every name is asked for as its id is written: then nothing has to be looked up.
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at];
      if (line !== undefined && line.id === name) return line;
    }
    const { id } = headerName(name);
    if (id === name) return undefined;
    for (const line of lines) if (line.id === id) return line;
    return undefined;
  }

  /** One value for each line of that name. */
  all(name: string): readonly string[] {
    const { id } = headerName(name);
    const values: string[] = [];
    for (const line of this.#lines) if (line.id === id) values.push(line.value);
    return values;
  }

  /** The values across all lines of that name, comma lists taken apart (not for fields whose grammar has bare commas, such as Date). */
  list(name: string): readonly string[] {
    const { id } = headerName(name);
    const values: string[] = [];
    for (const line of this.#lines) if (line.id === id) splitValues(line.value, values);
    return values;
  }

  /** Whether there is a line of that name. */
  has(name: string): boolean {
    return this.line(name) !== undefined;
  }

  /** How many lines have that name. */
  count(name: string): number {
    const { id } = headerName(name);
    let count = 0;
    for (const line of this.#lines) if (line.id === id) count++;
    return count;
  }

  /** Adds a line at the end. */
  append(name: string, value: string): void {
    this.#lines.push(headerLine(name, value));
  }

  /** Adds a line at the top. */
  prepend(name: string, value: string): void {
    this.#lines.unshift(headerLine(name, value));
  }

  /** Replaces all lines of that name by one, in the place of the first, or else at the end. */
  set(name: string, value: string): void {
    const line = headerLine(name, value);
    const lines = this.#lines;
    let kept = 0;
    let placed = false;
    for (const old of lines) {
      if (old.id !== line.id) lines[kept++] = old;
      else if (!placed) {
        lines[kept++] = line;
        placed = true;
      }
    }
    lines.length = kept;
    if (!placed) lines.push(line);
  }

  /** Removes all lines of that name. */
  delete(name: string): void {
    const { id } = headerName(name);
    const lines = this.#lines;
    let kept = 0;
    for (const line of lines) if (line.id !== id) lines[kept++] = line;
    lines.length = kept;
  }

  /** A copy that can be changed without changing this one. */
  clone(): Headers {
    return new Headers(this.#lines.slice());
  }

  /** Names as written, and values. */
  *entries(): Generator<readonly [name: string, value: string]> {
    for (const line of this.#lines) yield [line.name, line.value];
  }
}
