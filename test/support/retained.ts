import { getHeapSnapshot } from "node:v8";

/** The heap as V8 lists it: https://developer.chrome.com/docs/devtools/memory-problems/heap-snapshots */
interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly string[], ...unknown[]];
    };
  };
  /** One number for each field of each object, one object after the other; edges likewise, in the order of the objects. */
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/**
 * Octets on this thread's heap that live only because objects of these classes do, they themselves included: whatever the collector
 * would take too if none of them were there. Counted, not timed: the same program gives the same number, but for a few octets.
 */
export async function octetsRetainedBy(classes: ReadonlySet<string>): Promise<number> {
  const heap = new Heap(await taken());
  const seen = heap.reachedWithout(classes);
  let octets = 0;
  for (let node = 0; node < seen.length; node++) if (seen[node] === 0) octets += heap.sizeOf(node);
  return octets;
}

async function taken(): Promise<Snapshot> {
  const pieces: Buffer[] = [];
  for await (const piece of getHeapSnapshot()) pieces.push(Buffer.from(piece as Uint8Array));
  return JSON.parse(Buffer.concat(pieces).toString()) as Snapshot;
}

class Heap {
  readonly #nodes: Uint32Array;
  readonly #edges: Uint32Array;
  readonly #strings: readonly string[];
  readonly #perNode: number;
  readonly #perEdge: number;
  readonly #sizeAt: number;
  readonly #typeAt: number;
  readonly #nameAt: number;
  readonly #object: number;
  readonly #weak: number;
  /** Of each object: its first edge. One more than there are objects. */
  readonly #firstEdges: Uint32Array;

  constructor({ snapshot: { meta }, nodes, edges, strings }: Snapshot) {
    this.#nodes = Uint32Array.from(nodes);
    this.#edges = Uint32Array.from(edges);
    this.#strings = strings;
    this.#perNode = meta.node_fields.length;
    this.#perEdge = meta.edge_fields.length;
    this.#sizeAt = meta.node_fields.indexOf("self_size");
    this.#typeAt = meta.node_fields.indexOf("type");
    this.#nameAt = meta.node_fields.indexOf("name");
    this.#object = meta.node_types[0].indexOf("object");
    this.#weak = meta.edge_types[0].indexOf("weak");
    const countAt = meta.node_fields.indexOf("edge_count");
    const count = nodes.length / this.#perNode;
    this.#firstEdges = new Uint32Array(count + 1);
    for (let node = 0, last = 0; node < count; node++) {
      last += this.#nodes[node * this.#perNode + countAt] ?? 0;
      this.#firstEdges[node + 1] = last;
    }
  }

  sizeOf(node: number): number {
    return this.#nodes[node * this.#perNode + this.#sizeAt] ?? 0;
  }

  /** 1 for each object that the roots reach, by edges that keep alive and past objects of these classes. */
  reachedWithout(classes: ReadonlySet<string>): Uint8Array {
    const seen = new Uint8Array(this.#firstEdges.length - 1);
    const queue = [0];
    seen[0] = 1;
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      const end = this.#firstEdges[node + 1] ?? 0;
      for (let edge = this.#firstEdges[node] ?? 0; edge < end; edge++) {
        const at = edge * this.#perEdge;
        const next = (this.#edges[at + 2] ?? 0) / this.#perNode;
        if (seen[next] === 1 || this.#edges[at] === this.#weak || this.#isOf(next, classes)) continue;
        seen[next] = 1;
        queue.push(next);
      }
    }
    return seen;
  }

  #isOf(node: number, classes: ReadonlySet<string>): boolean {
    const at = node * this.#perNode;
    if (this.#nodes[at + this.#typeAt] !== this.#object) return false;
    return classes.has(this.#strings[this.#nodes[at + this.#nameAt] ?? 0] ?? "");
  }
}
