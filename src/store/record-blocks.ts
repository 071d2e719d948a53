import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { CompiledQuery, type Transaction } from "kysely";
import type { CallRow } from "../model/repositories.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

// The traces of calls that were written together are one block, compressed as a whole: SIP messages of one call are much
// like those of the next, so that a tenth of them is left, and less has to be written (docs/adr/0096).

/** A block is full with so many records, or so many octets. */
const BLOCK_ROWS = 32;
const BLOCK_BYTES = 256 * 1024;
/** No block can hold more: what says so is damaged. */
const MOST_BYTES = 64 * 1024 * 1024;

// Written out, as in calls.repo.ts.
const INSERT = "insert into record_blocks (newest_at, octets) values (?, ?)";
/** Of a block that its last record made a little larger. */
const ROOM = BLOCK_BYTES + 32 * 1024;
/** `chunkSize`: room for a block that cannot be made smaller, so that zstd reads it where it lies and copies nothing. */
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: ROOM };

/** Where a trace is: a block, and from where so many octets of what was compressed. A row holds several as a text. */
interface Piece {
  readonly block: number;
  readonly at: number;
  readonly length: number;
}

type Recorded = Pick<CallRow, "startedAt" | "trace">;

/** Writes the traces of rows; gives for each the text that finds it again, which may be put behind another. */
export async function insertBlocks(
  transaction: Transaction<Tables>,
  rows: readonly Recorded[],
): Promise<string[]> {
  const found: string[] = [];
  for (let from = 0; from < rows.length; ) {
    const to = blockEnd(rows, from);
    const those = rows.slice(from, to);
    const traces = those.map(({ trace }) => trace);
    const newest = Math.max(...those.map(({ startedAt }) => startedAt));
    const octets = zstdCompressSync(inOne(traces), FAST);
    const { insertId } = await transaction.executeQuery(CompiledQuery.raw(INSERT, [newest, octets]));
    giveBack(octets);
    let at = 0;
    for (const { length } of traces) {
      found.push(` ${insertId}:${at}:${length}`);
      at += length;
    }
    from = to;
  }
  return found;
}

/** The trace that a row's text tells of; what is damaged or gone is left out of it. */
export async function readPieces(database: Database, text: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const { block, at, length } of piecesOf(text)) {
    const row = await database
      .selectFrom("record_blocks")
      .select("octets")
      .where("id", "=", block)
      .executeTakeFirst();
    if (row !== undefined) parts.push(unpacked(row.octets).subarray(at, at + length));
  }
  return Buffer.concat(parts);
}

/** Deletes the blocks whose calls all began before; their rows have to be gone already. Says whether there may be more. */
export async function purgeBlocks(database: Database, before: number, limit: number): Promise<boolean> {
  const doomed = database
    .selectFrom("record_blocks")
    .select("id")
    .where("newest_at", "<", before)
    .orderBy("newest_at")
    .limit(limit);
  const purged = await database.deleteFrom("record_blocks").where("id", "in", doomed).executeTakeFirst();
  return purged.numDeletedRows >= limit;
}

/** Where traces are put in a row, which lasts: what is as large as a block comes from the system, page by page, each time. */
const scratch = new Uint8Array(ROOM);

/** Traces in a row, until the next ones are asked for. */
function inOne(traces: readonly Uint8Array[]): Uint8Array {
  const length = traces.reduce((sum, trace) => sum + trace.length, 0);
  if (length > scratch.length) return Buffer.concat(traces);
  let at = 0;
  for (const trace of traces) {
    scratch.set(trace, at);
    at += trace.length;
  }
  return scratch.subarray(0, length);
}

/**
 * Gives back what zstd has written into. Node's handle of the compressor survives every collection of young objects and holds it:
 * some 3 MiB a second would wait for a full collection of all objects, and bring one about every 3 s.
 */
function giveBack({ buffer }: Uint8Array<ArrayBuffer>): void {
  // Not what was put together of several, which may lie in memory that others share.
  if (buffer.byteLength === ROOM) buffer.transfer(0);
}

function blockEnd(rows: readonly Recorded[], from: number): number {
  let bytes = 0;
  let to = from;
  while (to < rows.length && to - from < BLOCK_ROWS && bytes < BLOCK_BYTES) {
    bytes += rows[to]?.trace.length ?? 0;
    to += 1;
  }
  return to;
}

function piecesOf(text: string): readonly Piece[] {
  return text.split(" ").flatMap((word) => {
    const [block, at, length] = word.split(":").map(Number);
    return block === undefined || at === undefined || length === undefined ? [] : [{ block, at, length }];
  });
}

function unpacked(octets: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(octets, { maxOutputLength: MOST_BYTES });
  } catch {
    return new Uint8Array(0);
  }
}
