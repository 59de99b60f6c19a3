import {
  decodeCursor,
  encodeCursor,
  formatInstant,
  LIMITS,
  listMergesRoute,
  type MergesResponse,
  mergePeopleRoute,
  type NamedPerson,
  undoMergeRoute,
} from "@xueshi/contracts";
import { type PersonMergeRow, readOwnershipDecisions, readPersonMerges } from "@xueshi/database";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { cursorProblem } from "../../cursor-problem.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { undoReason } from "../../undo-reason.ts";
import { mergePeople, undoMerge } from "./merge-people.ts";

const position = z.strictObject({ practitionerId: z.uuid(), decidedAtMs: z.int(), decisionId: z.uuid() });

/** Operations on people whose id was found to be wrong. */
export function addMergeRoutes(app: App, context: IngestionContext): void {
  const idOf = (person: NamedPerson) =>
    person.by === "document" ? context.vault.practitionerIdOf(person.personId) : person.practitionerId;
  app.route(mergePeopleRoute, async ({ body }, call) => {
    const { reason, document = null } = body;
    const people = { from: idOf(body.from), into: idOf(body.into) };
    const outcome = await mergePeople(context, { ...people, reason, document, actor: call.principal.name });
    if (outcome.kind === "not_known") throw new HttpProblem("person_not_known");
    if (outcome.kind === "erased") throw new HttpProblem("erased");
    if (outcome.kind === "not_possible") throw new HttpProblem("merge_not_possible");
    return { status: 200, json: { ...presentPair(outcome.merge), batchId: outcome.batchId } };
  });
  app.route(listMergesRoute, async ({ query }, call) => {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, position);
    if (query.cursor !== undefined && after === null) throw cursorProblem(call.language);
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const rows = await readPersonMerges(context.sql, after, limit + 1);
    const page = rows.slice(0, limit);
    const inForce = await readOwnershipDecisions(context.sql, [...new Set(page.map((row) => row.practitionerId))]);
    const last = rows.length > limit ? page.at(-1) : undefined;
    const json: MergesResponse = {
      merges: page.map((row) => presentMerge(row, inForce.has(row.decisionId))),
      nextCursor: last === undefined ? null : encodeCursor(positionOf(last)),
    };
    return { status: 200, json };
  });
  app.route(undoMergeRoute, async ({ params, query, body }, call) => {
    const reason = undoReason(body, query, call.language);
    const undone = await undoMerge(context, { ...params, reason, actor: call.principal.name });
    if (undone.kind === "not_found") throw new HttpProblem("decision_not_found");
    if (undone.kind === "erased") throw new HttpProblem("erased");
    if (undone.kind === "conflict") throw new HttpProblem("decision_conflict");
    return { status: 200, json: { ...presentPair(undone.merge), batchId: undone.batchId } };
  });
}

function positionOf({ practitionerId, decidedAtMs, decisionId }: PersonMergeRow) {
  return { practitionerId, decidedAtMs, decisionId };
}

function presentPair({ decisionId, practitionerId, intoPractitionerId }: PersonMergeRow) {
  return { decisionId, from: practitionerId, into: intoPractitionerId };
}

function presentMerge(row: PersonMergeRow, inForce: boolean): MergesResponse["merges"][number] {
  const { decidedAtMs, reason, document, actor } = row;
  return { ...presentPair(row), inForce, decidedAt: formatInstant(decidedAtMs), reason, document, actor };
}
