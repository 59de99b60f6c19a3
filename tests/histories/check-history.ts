/**
 * Histories of concurrent clients, checked as Elle checks lists that are appended to (Kingsbury and Alvaro, "Elle:
 * Inferring Isolation Anomalies from Experimental Observations", VLDB 2020): which write stands where in a list tells the
 * order of writes, what a read saw tells what it came after and before, and a cycle among these is an order of events that
 * no one-after-the-other explains. Here a list is the chain of a person, a write is a posting to some of them.
 */

/** A posting, by what it wrote: for each list its elements, in order. */
export interface Write {
  readonly id: string;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly invokedAt: number;
  /** Null: its client never heard of its end. */
  readonly completedAt: number | null;
}

/** What one statement saw of some lists, from their beginnings. */
export interface Read {
  readonly id: string;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly invokedAt: number;
  readonly completedAt: number;
}

export interface History {
  readonly writes: readonly Write[];
  readonly reads: readonly Read[];
  /** The lists at the end, when nobody writes any more. */
  readonly final: ReadonlyMap<string, readonly string[]>;
}

export interface Anomaly {
  /**
   * `order`: a read saw what is no beginning of the list; `lost`: an acknowledged write, or a part of one, is not there;
   * `unknown`: an element that nobody wrote; `twice`: one that stands twice; `torn`: a write of which only some lists have
   * their part; `cycle`: operations each of which came before the next.
   */
  readonly kind: "order" | "lost" | "unknown" | "twice" | "torn" | "cycle";
  readonly what: string;
}

/** Edge kinds: write after write, read after write, write after what a read saw, and after in time. */
type EdgeKind = "ww" | "wr" | "rw" | "time";

export function checkHistory(history: History): Anomaly[] {
  const anomalies = [...checkElements(history), ...checkReads(history)];
  // Orders are inferred from whole lists; where these are wrong, so is whatever follows from them.
  return anomalies.length > 0 ? anomalies : checkCycles(history);
}

/** Each element of a list, by the write that wrote it. */
function writersOf({ writes }: History): Map<string, Write> {
  const writers = new Map<string, Write>();
  for (const write of writes) {
    for (const [list, elements] of write.lists)
      for (const element of elements) writers.set(`${list} ${element}`, write);
  }
  return writers;
}

function checkElements(history: History): Anomaly[] {
  const { writes, final } = history;
  const writers = writersOf(history);
  const anomalies: Anomaly[] = [];
  for (const [list, elements] of final) {
    const seen = new Set<string>();
    for (const element of elements) {
      if (seen.has(element)) anomalies.push({ kind: "twice", what: `${element} in ${list}` });
      seen.add(element);
      if (!writers.has(`${list} ${element}`)) anomalies.push({ kind: "unknown", what: `${element} in ${list}` });
    }
  }
  for (const write of writes) {
    const parts = [...write.lists].flatMap(([list, elements]) => elements.map((element) => ({ list, element })));
    const missing = parts.filter(({ list, element }) => final.get(list)?.includes(element) !== true);
    if (missing.length === 0) continue;
    const what = `${write.id}: ${missing.map(({ list, element }) => `${element} in ${list}`).join(", ")}`;
    if (write.completedAt !== null) anomalies.push({ kind: "lost", what });
    else if (missing.length < parts.length) anomalies.push({ kind: "torn", what });
  }
  return anomalies;
}

function checkReads({ reads, final }: History): Anomaly[] {
  return reads.flatMap(({ id, lists }) =>
    [...lists].flatMap(([list, elements]): Anomaly[] => {
      const whole = final.get(list) ?? [];
      const at = elements.findIndex((element, index) => element !== whole[index]);
      return at === -1 ? [] : [{ kind: "order", what: `${id} saw ${elements[at]} at ${at} of ${list}` }];
    }),
  );
}

class Graph {
  readonly #edges = new Map<string, Map<string, EdgeKind>>();

  add(from: string, to: string, kind: EdgeKind): void {
    if (from === to) return;
    const targets = this.#edges.get(from) ?? new Map<string, EdgeKind>();
    if (targets.size === 0) this.#edges.set(from, targets);
    if (!targets.has(to)) targets.set(to, kind);
  }

  /** A cycle as `a -ww-> b -rw-> a`; null: there is none. */
  findCycle(): string | null {
    const state = new Map<string, "open" | "done">();
    for (const start of this.#edges.keys()) {
      if (state.has(start)) continue;
      const path: string[] = [start];
      const targets = [this.#targets(start)];
      state.set(start, "open");
      while (path.length > 0) {
        const node = path.at(-1) ?? "";
        const next = targets.at(-1)?.shift();
        if (next === undefined) {
          state.set(node, "done");
          path.pop();
          targets.pop();
        } else if (state.get(next) === "open") return this.#tell([...path.slice(path.indexOf(next)), next]);
        else if (!state.has(next)) {
          state.set(next, "open");
          path.push(next);
          targets.push(this.#targets(next));
        }
      }
    }
    return null;
  }

  #targets(node: string): string[] {
    return [...(this.#edges.get(node)?.keys() ?? [])];
  }

  #tell(cycle: readonly string[]): string {
    return cycle
      .map((node, index) => {
        const next = cycle[index + 1];
        return next === undefined ? node : `${node} -${this.#edges.get(node)?.get(next)}-> `;
      })
      .join("");
  }
}

function checkCycles(history: History): Anomaly[] {
  const { writes, reads, final } = history;
  const writers = writersOf(history);
  const graph = new Graph();
  for (const [list, elements] of final) {
    for (const [index, element] of elements.entries()) {
      const [writer, after] = [element, elements[index + 1]].map((one) => writers.get(`${list} ${one}`));
      if (writer !== undefined && after !== undefined) graph.add(writer.id, after.id, "ww");
    }
  }
  for (const read of reads) {
    for (const [list, elements] of read.lists) {
      const [last, next] = [elements.at(-1), final.get(list)?.[elements.length]];
      const [writer, after] = [last, next].map((one) => writers.get(`${list} ${one}`));
      if (writer !== undefined) graph.add(writer.id, read.id, "wr");
      if (after !== undefined) graph.add(read.id, after.id, "rw");
    }
  }
  addTime(graph, [...writes, ...reads]);
  const cycle = graph.findCycle();
  return cycle === null ? [] : [{ kind: "cycle", what: cycle }];
}

interface Timed {
  readonly id: string;
  readonly invokedAt: number;
  readonly completedAt: number | null;
}

/** What had ended before another began came before it: by nodes of time, each after the ends that it follows. */
function addTime(graph: Graph, operations: readonly Timed[]): void {
  const ends = operations.flatMap(({ id, completedAt }) => (completedAt === null ? [] : [{ at: completedAt, id }]));
  ends.sort((left, right) => left.at - right.at);
  for (const [index, { id }] of ends.entries()) {
    graph.add(id, `time ${index}`, "time");
    if (index > 0) graph.add(`time ${index - 1}`, `time ${index}`, "time");
  }
  for (const { id, invokedAt } of operations) {
    const before = ends.findLastIndex(({ at }) => at < invokedAt);
    if (before !== -1) graph.add(`time ${before}`, id, "time");
  }
}
