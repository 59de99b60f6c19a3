import { setTimeout as wait } from "node:timers/promises";
import type { ReconciliationResponse } from "@xueshi/contracts";

/** What `--wait` can wait for. */
export type WaitsFor = "readmission" | "reconciliation";
type Answer = { readonly status: number; readonly body: unknown };
/** GETs a path of the ingestion service as JSON. */
type Get = (path: string) => Promise<unknown>;

interface Progress {
  readonly isOver: boolean;
  readonly percent: number;
  /** What is done at the moment. */
  readonly word: string;
  /** Where it is looked at again. */
  readonly path: string;
}

const POLL_MS = 300;
const WIDTH = 28;
/** Without a terminal a line is printed when so much more is done, and when something else is done. */
const STEP_PERCENT = 25;
const COMPARING: readonly string[] = ["queued", "comparing"];

/** Looks at what was begun until it has come to something, with a bar; gives back the last answer. */
export async function waitUntilOver(
  what: WaitsFor,
  first: Answer,
  get: Get,
  output: NodeJS.WriteStream,
): Promise<Answer> {
  if (first.status >= 400) return first;
  let body = first.body;
  let drawn = { percent: -STEP_PERCENT, word: "" };
  for (;;) {
    const progress = what === "readmission" ? ofReadmission(body) : await ofReconciliation(body, get);
    drawn = draw(output, progress, drawn);
    if (progress.isOver) break;
    await wait(POLL_MS);
    body = await get(progress.path);
  }
  if (output.isTTY) output.write("\n");
  return { ...first, body };
}

function ofReadmission(body: unknown): Progress {
  const { readmissionId, state, percent, endedAt } = body as Readonly<Record<string, unknown>>;
  const path = `/v1/readmissions/${String(readmissionId)}`;
  return { isOver: endedAt !== null, percent: Number(percent), word: String(state), path };
}

/** Of the days that are compared, or of the rows that the last repair reads. */
async function ofReconciliation(body: unknown, get: Get): Promise<Progress> {
  const { reconciliationId, state, progress, repairs } = body as ReconciliationResponse;
  const at = { word: state, path: `/v1/reconciliations/${reconciliationId}` };
  if (COMPARING.includes(state)) return { ...at, isOver: false, percent: progress?.percent ?? 0 };
  if (state !== "repairing") return { ...at, isOver: true, percent: 100 };
  const shares: number[] = [];
  for (const { pullId } of repairs) {
    const pull = (await get(`/v1/pulls/${pullId}`)) as {
      endedAt: string | null;
      progress: { percent: number | null } | null;
    };
    shares.push(pull.endedAt === null ? (pull.progress?.percent ?? 0) : 100);
  }
  const percent = Math.floor(shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length));
  return { ...at, isOver: false, percent };
}

type Drawn = Pick<Progress, "percent" | "word">;

/** Gives back what was drawn last. */
function draw(output: NodeJS.WriteStream, { percent, word }: Progress, last: Drawn): Drawn {
  const filled = Math.round((percent / 100) * WIDTH);
  const line = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${word} ${percent} %`;
  if (output.isTTY) output.write(`\r\x1b[K${line}`);
  else if (word !== last.word || percent >= last.percent + STEP_PERCENT) output.write(`${line}\n`);
  else return last;
  return { percent, word };
}
