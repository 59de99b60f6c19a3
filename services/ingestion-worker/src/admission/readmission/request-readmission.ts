import type { ReadmissionRequest } from "@xueshi/contracts";
import {
  hasKeptPages,
  lockReadmissions,
  type ReadmissionRow,
  readOpenReadmissions,
  readReadmission,
  runTransaction,
  type Transaction,
  wasCompared,
  writeReadmission,
} from "@xueshi/database";
import { HttpProblem } from "@xueshi/http";
import type { IngestionContext } from "../../ingestion-context.ts";
import { requestKeyOf } from "../request-key.ts";
import { hintReadmission } from "./hint-readmission.ts";
import { mappingDigestOf } from "./mapping-digest.ts";

export interface ReadmissionToRequest extends ReadmissionRequest {
  readonly actor: string;
  readonly receivedAtMs: number;
  readonly idempotencyKey: string | null;
}

export interface RequestedReadmission {
  readonly row: ReadmissionRow;
  /** Whether an earlier request with the same key asked for it. */
  readonly isReplayed: boolean;
}

/**
 * Asks for a re-admission: one of a source at a time, and nothing is applied that was not compared over the same days, as
 * the source is read now. Under an Idempotency-Key it is asked for once.
 * Throws `rows_not_kept`, `readmission_in_progress`, `readmission_not_compared` and `idempotency_key_reused`.
 */
export async function requestReadmission(
  context: IngestionContext,
  asked: ReadmissionToRequest,
): Promise<RequestedReadmission> {
  const { actor, idempotencyKey } = asked;
  const readmissionId = idempotencyKey === null ? context.newId() : requestKeyOf(actor, "readmissions", idempotencyKey);
  const isReplayed = await runTransaction(context, async (tx) => {
    await lockReadmissions(tx, asked.source);
    const earlier = await readReadmission(tx, readmissionId);
    const progress = progressOf(context, asked);
    if (earlier !== null) {
      if (!isSame(earlier, asked, progress)) throw new HttpProblem("idempotency_key_reused");
      return true;
    }
    await refuseUnlessPossible(tx, asked.source, progress);
    const { source, reason, receivedAtMs } = asked;
    await writeReadmission(tx, { readmissionId, source, startedAtMs: receivedAtMs, actor, reason, progress });
    return false;
  });
  if (!isReplayed) await hintReadmission(context, readmissionId);
  const row = await readReadmission(context.sql, readmissionId);
  if (row === null) throw new Error("a re-admission that was just written is read back");
  return { row, isReplayed };
}

type Progress = ReadmissionRow["progress"];

function progressOf(
  { sources }: IngestionContext,
  { source, mode, from, until, repost }: ReadmissionRequest,
): Progress {
  return {
    ...{ mode, fromDay: from ?? null, untilDay: until ?? null, repost: repost ?? false },
    mappingDigest: mappingDigestOf(sources, source),
    ...{ failure: null, percent: 0, parts: 0, partsDone: 0, sums: {} },
  };
}

function isSame(earlier: ReadmissionRow, asked: ReadmissionToRequest, progress: Progress): boolean {
  const said = ({ mode, fromDay, untilDay, repost }: Progress) => JSON.stringify([mode, fromDay, untilDay, repost]);
  const isOther = earlier.source !== asked.source || earlier.reason !== asked.reason;
  return !isOther && said(earlier.progress) === said(progress);
}

async function refuseUnlessPossible(tx: Transaction, source: string, progress: Progress): Promise<void> {
  const open = await readOpenReadmissions(tx);
  if (open.some((one) => one.source === source)) throw new HttpProblem("readmission_in_progress");
  if (!(await hasKeptPages(tx, source))) throw new HttpProblem("rows_not_kept");
  if (progress.mode === "apply" && !(await wasCompared(tx, { source, ...progress }))) {
    throw new HttpProblem("readmission_not_compared");
  }
}
