import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { UploadResponse } from "@xueshi/contracts";
import { systemClock } from "@xueshi/runtime";
import { type CpuSeconds, countCpu } from "./cpu-spent.ts";
import { peakResidentMibOf } from "./process-usage.ts";
import { type RawFigure, writeRaw } from "./raw-write.ts";
import { SOURCE, type Stack } from "./start-stack.ts";
import { writeWorkbook } from "./write-workbook.ts";

/** One workbook of very many rows of people who are all new: checked, confirmed, stored and posted. */
export interface UploadFigure {
  readonly rows: number;
  readonly bytes: number;
  readonly checkedSeconds: number;
  /** From the confirmation until everything is posted. */
  readonly postedSeconds: number;
  readonly cpuSeconds: CpuSeconds;
  readonly peakResidentMib: Readonly<Record<string, number>>;
  readonly raw: RawFigure;
}

const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const ROWS = 100_000;
const RAW_SHAPE = { batchRows: 1_000, connections: 3 };
const POLL_MS = 50;
const UPLOAD_MS_MAX = 600_000;

export async function measureUpload(
  stack: Stack,
  { firstPerson, rawDatabase }: { readonly firstPerson: number; readonly rawDatabase: string },
  signal: AbortSignal,
): Promise<UploadFigure> {
  const file = join(stack.dataDir, "records.xlsx");
  await writeWorkbook(file, firstPerson, ROWS);
  const sinceMs = systemClock();
  const cpuSpent = countCpu(stack);
  const startedAtMs = performance.now();
  const sent = await ask(stack, "POST", "/v1/uploads", { type: XLSX_TYPE, body: await readFile(file) });
  await waitFor(stack, sent.uploadId, "awaiting_confirmation", signal);
  const checkedSeconds = (performance.now() - startedAtMs) / 1_000;
  const confirmedAtMs = performance.now();
  const body = JSON.stringify({ unknownPeople: "accept" });
  await ask(stack, "POST", `/v1/uploads/${sent.uploadId}/confirmation`, { type: "application/json", body });
  const done = await waitFor(stack, sent.uploadId, "posted", signal);
  const postedSeconds = (performance.now() - confirmedAtMs) / 1_000;
  if (done.counts.accepted !== ROWS) throw new Error(`${done.counts.accepted} of ${ROWS} rows were accepted.`);
  const cpuSeconds = cpuSpent();
  const peakResidentMib = Object.fromEntries(
    Object.entries(stack.services).map(([name, { pid }]) => [name, peakResidentMibOf(pid)]),
  );
  const source = { ownerUrl: stack.postgres.url, postgresPid: stack.postgres.pid, sinceMs };
  const raw = await writeRaw(source, { name: rawDatabase, isKept: true }, RAW_SHAPE, signal);
  const { size: bytes } = await stat(file);
  return { rows: ROWS, bytes, checkedSeconds, postedSeconds, cpuSeconds, peakResidentMib, raw };
}

async function waitFor(stack: Stack, uploadId: string, state: string, signal: AbortSignal): Promise<UploadResponse> {
  const giveUpAtMs = performance.now() + UPLOAD_MS_MAX;
  for (;;) {
    const upload = await ask(stack, "GET", `/v1/uploads/${uploadId}`, null);
    if (upload.state === state) return upload;
    if (upload.state === "failed") throw new Error(`The upload failed: ${upload.reason}.`);
    if (performance.now() > giveUpAtMs) throw new Error("The upload took too long.");
    await setTimeout(POLL_MS, undefined, { signal });
  }
}

async function ask(
  stack: Stack,
  method: string,
  path: string,
  sent: { readonly type: string; readonly body: string | Uint8Array } | null,
): Promise<UploadResponse> {
  const response = await fetch(`http://127.0.0.1:${stack.ports.ingestionWorker}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${stack.prepared.credentials.sources[SOURCE]?.apiKey ?? ""}`,
      ...(sent === null ? {} : { "Content-Type": sent.type }),
    },
    ...(sent === null ? {} : { body: sent.body as string }),
  });
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}.`);
  return (await response.json()) as UploadResponse;
}
