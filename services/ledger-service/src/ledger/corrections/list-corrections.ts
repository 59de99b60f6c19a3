import {
  type CorrectionRecordsResponse,
  decodeCursor,
  encodeCursor,
  fieldError,
  type Language,
  LIMITS,
} from "@xueshi/contracts";
import {
  type CorrectionSubject,
  readCorrectionRecords,
  readCorrectionSteps,
  readCorrections,
  type Sql,
} from "@xueshi/database";
import { HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { presentRecord } from "./present-correction.ts";
import { type AskedFile, type CorrectionFile, fileOf, readCorrectionFile } from "./read-file.ts";

const listPosition = z.strictObject({ at: z.int(), id: z.uuid() });
const recordPosition = z.strictObject({ key: z.uuid() });

interface AskedPage {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** A page of corrections, newest first. Throws `validation_failed` for a wrong cursor. */
export async function listCorrections(
  sql: Sql,
  of: CorrectionSubject,
  query: AskedPage,
  language: Language,
): Promise<{ readonly files: readonly CorrectionFile[]; readonly nextCursor: string | null }> {
  const limit = query.limit ?? LIMITS.pageSizeDefault;
  const position = query.cursor === undefined ? null : decodeCursor(query.cursor, listPosition);
  if (query.cursor !== undefined && position === null) throw cursorProblem(language);
  const before = position === null ? null : { proposedAtMs: position.at, correctionId: position.id };
  const found = await readCorrections(sql, of, before, limit + 1);
  const page = found.slice(0, limit);
  const ids = page.map(({ correctionId }) => correctionId);
  const steps = Map.groupBy(await readCorrectionSteps(sql, ids), ({ correctionId }) => correctionId);
  const files = page.map((row) => fileOf(row, steps.get(row.correctionId) ?? []));
  const last = found.length > limit ? page.at(-1) : undefined;
  const nextCursor = last === undefined ? null : encodeCursor({ at: last.proposedAtMs, id: last.correctionId });
  return { files, nextCursor };
}

/**
 * A page of the records of a correction's newest preview, by key. Throws what `readCorrectionFile` does, and
 * `validation_failed` for a wrong cursor.
 */
export async function listRecords(
  sql: Sql,
  asked: AskedFile,
  query: AskedPage,
  language: Language,
): Promise<CorrectionRecordsResponse> {
  const limit = query.limit ?? LIMITS.pageSizeDefault;
  const position = query.cursor === undefined ? null : decodeCursor(query.cursor, recordPosition);
  if (query.cursor !== undefined && position === null) throw cursorProblem(language);
  const { correction, seen } = await readCorrectionFile(sql, asked);
  const of = { correctionId: correction.correctionId, step: seen.step };
  const found = await readCorrectionRecords(sql, { ...of, afterKey: position?.key ?? null, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const nextCursor = last === undefined ? null : encodeCursor({ key: last.recordKey });
  return { records: page.map(presentRecord), nextCursor };
}

function cursorProblem(language: Language): HttpProblem {
  return new HttpProblem("validation_failed", { errors: [fieldError("cursor", "cursor_invalid", language)] });
}
