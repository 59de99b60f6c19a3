import {
  applyErasureRoute,
  cancelErasureRoute,
  decodeCursor,
  ERASURE_REASON_TEXTS,
  ERASURE_STATE_TEXTS,
  type ErasureReason,
  type ErasureResponse,
  encodeCursor,
  formatInstant,
  getErasureRoute,
  type Language,
  LIMITS,
  listErasuresRoute,
  type NamedPerson,
  proposeErasureRoute,
} from "@xueshi/contracts";
import { type ErasureRow, readErasure, readErasures } from "@xueshi/database";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { cursorProblem } from "../../cursor-problem.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { applyErasure, cancelErasure } from "./apply-erasure.ts";
import { proposeErasure } from "./propose-erasure.ts";

const position = z.strictObject({ at: z.int(), id: z.uuid() });
/** Says that an answer is that of an earlier request with the same Idempotency-Key. */
const REPLAYED = { "Idempotency-Replayed": "true" } as const;

/** Operations that erase people: proposed, looked at, and applied for good. Answers never say of whom. */
export function addErasureRoutes(app: App, context: IngestionContext): void {
  const { needsSecondEraser } = context;
  const idOf = (person: NamedPerson) =>
    person.by === "document" ? context.vault.practitionerIdOf(person.personId) : person.practitionerId;
  const read = async (erasureId: string, language: Language) => {
    const row = await readErasure(context.sql, erasureId);
    if (row === null) throw new HttpProblem("erasure_not_found");
    return presentErasure(row, needsSecondEraser, language);
  };
  app.route(proposeErasureRoute, async ({ body }, call) => {
    const { practitioner, ...said } = body;
    const { receivedAtMs, idempotencyKey, language } = call;
    const asked = { ...said, practitionerId: idOf(practitioner), holder: call.principal.name };
    const { row, isReplayed } = await proposeErasure(context, { ...asked, receivedAtMs, idempotencyKey });
    const json = presentErasure(row, needsSecondEraser, language);
    return { status: 201, json, ...(isReplayed ? { headers: REPLAYED } : {}) };
  });
  app.route(getErasureRoute, async ({ params }, call) => ({
    ...{ status: 200, json: await read(params.erasureId, call.language) },
  }));
  app.route(applyErasureRoute, async ({ params: { erasureId }, body }, call) => {
    const asked = { erasureId, holder: call.principal.name, practitionerId: idOf(body.practitioner) };
    await applyErasure(context, { ...asked, needsSecondHolder: needsSecondEraser });
    return { status: 202, json: await read(erasureId, call.language) };
  });
  app.route(cancelErasureRoute, async ({ params: { erasureId } }, call) => {
    await cancelErasure(context, { erasureId, holder: call.principal.name });
    return { status: 200, json: await read(erasureId, call.language) };
  });
  app.route(listErasuresRoute, async ({ query }, call) => {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, position);
    if (query.cursor !== undefined && after === null) throw cursorProblem(call.language);
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const before = after === null ? null : { proposedAtMs: after.at, erasureId: after.id };
    const rows = await readErasures(context.sql, before, limit + 1);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ at: last.proposedAtMs, id: last.erasureId });
    const erasures = page.map((row) => presentErasure(row, needsSecondEraser, call.language));
    return { status: 200, json: { erasures, nextCursor } };
  });
}

function presentErasure(row: ErasureRow, needsSecondHolder: boolean, language: Language): ErasureResponse {
  const { erasureId, state, document, basis, proposedBy, decidedBy, preview, progress } = row;
  const reason = row.reason as ErasureReason;
  return {
    ...{ erasureId, state, message: ERASURE_STATE_TEXTS[state].message[language] },
    ...{ reason, reasonMessage: ERASURE_REASON_TEXTS[reason].message[language], document, basis, needsSecondHolder },
    ...{ proposedBy, proposedAt: formatInstant(row.proposedAtMs), decidedBy },
    decidedAt: row.decidedAtMs === null ? null : formatInstant(row.decidedAtMs),
    endedAt: row.endedAtMs === null ? null : formatInstant(row.endedAtMs),
    preview: { ...preview, named: [...preview.named] },
    step: state === "running" ? progress.step : null,
    done: progress.sums,
  };
}
