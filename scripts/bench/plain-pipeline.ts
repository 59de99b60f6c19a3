import { createRequire } from "node:module";
import { join } from "node:path";
import { connect, type Sql } from "@xueshi/database";

// A child process of its own: `plain-pipeline`, a pipeline as it is often built: one job for each record, one transaction
// for each job. The queue is BullMQ as the product uses it, asked for directly because the product's queue carries ids only.
interface PlainRecord {
  readonly recordId: string;
  readonly practitioner: { readonly idNumber: string; readonly name: string };
  readonly title: string;
  readonly hours: number;
  readonly subject: string;
  readonly obtainedOn: string;
}

interface Bull {
  Queue: new (
    name: string,
    options: object,
    backend?: unknown,
  ) => { addBulk(jobs: object[]): Promise<unknown>; close(): Promise<void> };
  Worker: new (
    name: string,
    work: (job: { data: PlainRecord }) => Promise<void>,
    options: object,
    backend?: unknown,
  ) => { close(): Promise<void>; on(event: "completed", done: () => void): void };
  createPostgresBackend: unknown;
}

/** What the child is told, and what it answers when all jobs are done. */
export interface PlainRun {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly records: readonly unknown[];
}
export interface PlainResult {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const JOBS_PER_ADD = 1_000;
const CONCURRENCY = 16;
const TABLES = `
  CREATE TABLE IF NOT EXISTS plain_record (source text, record_id text, person text, title text, hours int,
    subject text, obtained_on date, PRIMARY KEY (source, record_id));
  CREATE TABLE IF NOT EXISTS plain_entry (person text, sequence bigint, record_id text, hours int, subject text,
    recorded_at timestamptz DEFAULT now(), PRIMARY KEY (person, sequence));
  CREATE TABLE IF NOT EXISTS plain_person (person text PRIMARY KEY, name text, sequence bigint NOT NULL);
  CREATE TABLE IF NOT EXISTS plain_balance (person text, year int, subject text, hours int NOT NULL,
    PRIMARY KEY (person, year, subject))`;

process.on("message", (run: PlainRun) => {
  runPlain(run).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`plain pipeline: ${String(error)}\n`);
      process.exit(1);
    },
  );
});

async function runPlain({ databaseUrl, redisUrl, records }: PlainRun): Promise<PlainResult> {
  const load = createRequire(join(import.meta.dirname, "../../packages/queue/package.json"));
  const { Queue, Worker, createPostgresBackend } = load("bullmq") as Bull;
  const sql = connect({ url: databaseUrl, connectionsMax: CONCURRENCY, applicationName: "bench-plain" });
  await sql.unsafe(TABLES);
  const options = { connection: redisUrl === null ? postgresConnection(databaseUrl) : { url: redisUrl } };
  const backend = redisUrl === null ? createPostgresBackend : undefined;
  const name = `plain-${process.pid}`;
  const queue = new Queue(name, options, backend);
  const cpuBefore = process.cpuUsage();
  const startedAtMs = performance.now();
  let done = 0;
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const worker = new Worker(name, ({ data }) => store(sql, data), { ...options, concurrency: CONCURRENCY }, backend);
  worker.on("completed", () => {
    done += 1;
    if (done === records.length) finish();
  });
  for (let from = 0; from < records.length; from += JOBS_PER_ADD) {
    const jobs = records.slice(from, from + JOBS_PER_ADD).map((data) => ({ name: "record", data }));
    await queue.addBulk(jobs);
  }
  await finished;
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await worker.close();
  await queue.close();
  await sql.end({ timeout: 5 });
  return { seconds, cpuSeconds: (user + system) / 1_000_000 };
}

/** One record: its person's row is locked, the entry gets the next number, the balance is moved. */
async function store(sql: Sql, record: PlainRecord): Promise<void> {
  const person = record.practitioner.idNumber;
  const hours = Math.round(record.hours * 100);
  await sql.begin(async (tx) => {
    const [stored] = await tx`
      INSERT INTO plain_record VALUES ('plain', ${record.recordId}, ${person}, ${record.title}, ${hours},
        ${record.subject}, ${record.obtainedOn}::text::date) ON CONFLICT DO NOTHING RETURNING 1`;
    if (stored === undefined) return;
    const [head] = await tx<{ sequence: number }[]>`
      INSERT INTO plain_person VALUES (${person}, ${record.practitioner.name}, 1)
      ON CONFLICT (person) DO UPDATE SET sequence = plain_person.sequence + 1 RETURNING sequence`;
    await tx`INSERT INTO plain_entry VALUES (${person}, ${head?.sequence ?? 0}, ${record.recordId}, ${hours}, ${record.subject})`;
    await tx`
      INSERT INTO plain_balance VALUES (${person}, ${Number(record.obtainedOn.slice(0, 4))}, ${record.subject}, ${hours})
      ON CONFLICT (person, year, subject) DO UPDATE SET hours = plain_balance.hours + excluded.hours`;
  });
}

function postgresConnection(databaseUrl: string): object {
  const url = new URL(databaseUrl);
  return {
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    schema: "plain_mq",
    migrate: true,
  };
}
