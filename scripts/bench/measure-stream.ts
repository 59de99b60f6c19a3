import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect } from "@xueshi/database";
import { systemClock } from "@xueshi/runtime";
import { type CpuSeconds, countCpu } from "./cpu-spent.ts";
import { makeRecords, peopleOf } from "./make-records.ts";
import { peakResidentMibOf } from "./process-usage.ts";
import { type RawFigure, writeRaw } from "./raw-write.ts";
import { SOURCE, type Stack, waitUntilPosted } from "./start-stack.ts";

/** One request of very many lines, until everything is posted, beside the raw writing of the same rows. */
export interface StreamFigure {
  readonly records: number;
  /** Until the last receipt. */
  readonly acknowledgedSeconds: number;
  /** Until the last posting. */
  readonly postedSeconds: number;
  readonly cpuSeconds: CpuSeconds;
  readonly senderCpuSeconds: number;
  /** The most memory each service had resident since it started, MiB. */
  readonly peakResidentMib: Readonly<Record<string, number>>;
  readonly raw: RawFigure;
}

const PART_RECORDS = 20_000;
const RAW_SHAPE = { batchRows: 1_000, connections: 3 };

/** Writes the lines to a file first, so that sending them costs as little as it can. */
export async function measureStream(
  stack: Stack,
  { records, firstPerson, rawDatabase }: { records: number; firstPerson: number; rawDatabase: string },
  signal: AbortSignal,
): Promise<StreamFigure> {
  const file = join(stack.dataDir, "records.ndjson");
  await writeLines(file, firstPerson, records);
  const sql = connect({ url: stack.postgres.url, connectionsMax: 1, applicationName: "bench-stream" });
  try {
    const wallStartedAtMs = systemClock();
    const cpuSpent = countCpu(stack);
    const ownBefore = process.cpuUsage();
    const startedAtMs = performance.now();
    const receipts = await sendFile(stack, file, signal);
    const acknowledgedSeconds = (performance.now() - startedAtMs) / 1_000;
    const { user, system } = process.cpuUsage(ownBefore);
    await waitUntilPosted(sql);
    const postedSeconds = (performance.now() - startedAtMs) / 1_000;
    const cpuSeconds = cpuSpent();
    if (receipts !== records) throw new Error(`${receipts} receipts came for ${records} records.`);
    const source = { ownerUrl: stack.postgres.url, postgresPid: stack.postgres.pid, sinceMs: wallStartedAtMs };
    const peakResidentMib = Object.fromEntries(
      Object.entries(stack.services).map(([name, { pid }]) => [name, peakResidentMibOf(pid)]),
    );
    const raw = await writeRaw(source, { name: rawDatabase, isKept: true }, RAW_SHAPE, signal);
    const senderCpuSeconds = (user + system) / 1_000_000;
    return { records, acknowledgedSeconds, postedSeconds, cpuSeconds, senderCpuSeconds, peakResidentMib, raw };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function writeLines(file: string, firstPerson: number, records: number): Promise<void> {
  const output = createWriteStream(file, { mode: 0o600 });
  for (let from = 0; from < records; from += PART_RECORDS) {
    const part = makeRecords(firstPerson + peopleOf(from), Math.min(PART_RECORDS, records - from));
    const text = `${part.map((record) => JSON.stringify(record)).join("\n")}\n`;
    if (!output.write(text)) await once(output, "drain");
  }
  output.end();
  await once(output, "close");
}

/** Sends the file as one body while its receipts are read; gives how many lines were accepted. */
async function sendFile(stack: Stack, file: string, signal: AbortSignal): Promise<number> {
  const outgoing = request({
    host: "127.0.0.1",
    port: stack.ports.ingestionWorker,
    path: "/v1/records",
    method: "POST",
    signal,
    headers: {
      Authorization: `Bearer ${stack.prepared.credentials.sources[SOURCE]?.apiKey ?? ""}`,
      "Content-Type": "application/x-ndjson",
    },
  });
  createReadStream(file, { highWaterMark: 262_144 }).pipe(outgoing);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  if (incoming.statusCode !== 202) throw new Error(`A stream was answered with ${incoming.statusCode}.`);
  let accepted = 0;
  let last = "";
  for await (const line of createInterface({ input: incoming })) {
    if (line.includes('"accepted"')) accepted += 1;
    last = line;
  }
  if (!last.includes('"summary"')) throw new Error("The receipts were cut off.");
  return last.includes('"accepted"') ? accepted - 1 : accepted;
}
