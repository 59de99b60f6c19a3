import { hash } from "node:crypto";
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { connect, copyOut } from "@xueshi/database";

/** What a thread reads, and what it hashes for each row: contents of so many bytes, one after the other. */
interface RowsToHash {
  readonly url: string;
  /** A statement of which the rows are copied; the caller answers for it. */
  readonly select: string;
  readonly hashedBytes: readonly number[];
}

/** Threads that are open, and copy and hash their rows as often as they are asked to. */
export interface RowHashers {
  /** @returns how many bytes the rows have as they come */
  run(rows: number): Promise<number>;
  close(): Promise<void>;
}

/** Opens a thread for each statement: the least that reading rows and hashing them by Node can cost. */
export async function openRowHashers(all: readonly RowsToHash[]): Promise<RowHashers> {
  const threads = all.map((workerData) => new Worker(new URL(import.meta.url), { workerData }));
  await Promise.all(threads.map((thread) => once(thread, "message")));
  let bytes = 0;
  return {
    async run(rows) {
      const answers = threads.map((thread) => once(thread, "message") as Promise<[number]>);
      // Not known before they have been read once, when nothing is measured yet.
      for (const thread of threads) thread.postMessage(bytes === 0 ? Number.POSITIVE_INFINITY : bytes / rows);
      bytes = (await Promise.all(answers)).reduce((sum, [one]) => sum + one, 0);
      return bytes;
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}

async function serve({ url, select, hashedBytes }: RowsToHash): Promise<void> {
  const sql = connect({ url, connectionsMax: 1, applicationName: "bench-hash", statementTimeoutMs: 0 });
  const contents = hashedBytes.map((length) => Buffer.alloc(length, 1));
  await sql`SELECT 1`;
  parentPort?.postMessage(0);
  parentPort?.on("message", async (bytesPerRow: number) => {
    let [bytes, hashed] = [0, 0];
    for await (const chunk of await copyOut(sql, `COPY (${select}) TO STDOUT (FORMAT binary)`)) {
      bytes += (chunk as Buffer).length;
      for (; (hashed + 1) * bytesPerRow <= bytes; hashed += 1) {
        for (const content of contents) {
          content.writeUInt32BE(hashed);
          hash("sha256", content, "binary");
        }
      }
    }
    parentPort?.postMessage(bytes);
  });
}

if (!isMainThread) await serve(workerData as RowsToHash);
