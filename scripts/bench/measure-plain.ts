import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Shutdown } from "@xueshi/runtime";
import { makeRecords } from "./make-records.ts";
import type { PlainResult, PlainRun } from "./plain-pipeline.ts";
import { recreateDatabase } from "./raw-write.ts";
import type { Stack } from "./start-stack.ts";

/** The same records through a job and a transaction for each, on the same PostgreSQL and queue: why there are batches. */
export interface PlainFigure {
  readonly records: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const DATABASE = "bench_plain";
const RECORDS = 10_000;

/** It has less to do than the product: no refusals, names, seals, chain, states or explanations. */
export async function measurePlain(
  stack: Stack,
  { firstPerson, redisUrl }: { readonly firstPerson: number; readonly redisUrl: string | null },
  shutdown: Shutdown,
): Promise<PlainFigure> {
  const databaseUrl = await recreateDatabase(stack.postgres.url, DATABASE);
  const child = fork(join(import.meta.dirname, "plain-pipeline.ts"));
  shutdown.register("plain-pipeline", () => void child.kill());
  await once(child, "spawn");
  const run: PlainRun = { databaseUrl, redisUrl, records: makeRecords(firstPerson, RECORDS) };
  child.send(run);
  const ended = once(child, "exit").then(() => {
    throw new Error("The plain pipeline ended by itself.");
  });
  ended.catch(() => {});
  const [result] = (await Promise.race([once(child, "message"), ended])) as [PlainResult];
  child.kill();
  return { records: RECORDS, ...result };
}
