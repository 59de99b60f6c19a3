import {
  decodeCursor,
  encodeCursor,
  fieldError,
  formatInstant,
  type Language,
  LIMITS,
  listRuleChangesRoute,
  RULE_CHANGE_STATE_TEXTS,
  type RuleChangesResponse,
} from "@xueshi/contracts";
import { type RuleChangeRow, readRuleChanges, type Sql } from "@xueshi/database";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";

const position = z.strictObject({ change: z.int().min(1) });

/** How far the ledger is in following the rules. */
export function addRuleChangeRoutes(app: App, sql: Sql): void {
  app.route(listRuleChangesRoute, async ({ query }, { language }) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, position);
    if (query.cursor !== undefined && after === null) {
      throw new HttpProblem("validation_failed", { errors: [fieldError("cursor", "cursor_invalid", language)] });
    }
    const found = await readRuleChanges(sql, after?.change ?? null, limit + 1);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ change: last.change });
    return { status: 200, json: { ruleChanges: page.map((row) => present(row, language)), nextCursor } };
  });
}

function present(row: RuleChangeRow, language: Language): RuleChangesResponse["ruleChanges"][number] {
  const { change, state, sources, people, changed, entries, startedAtMs, endedAtMs } = row;
  return {
    ...{ change, state, message: RULE_CHANGE_STATE_TEXTS[state].message[language] },
    percent: state === "done" ? 100 : Math.min(99, shareBefore(row.afterId)),
    sources: sources === null ? null : [...sources],
    ...{ people, changed, entries, startedAt: formatInstant(startedAtMs) },
    endedAt: endedAtMs === null ? null : formatInstant(endedAtMs),
  };
}

const DIGITS = 4;

/** Ids are digests, so everybody lies evenly between the first and the last of them. */
function shareBefore(practitionerId: string | null): number {
  if (practitionerId === null) return 0;
  return Math.floor((100 * Number.parseInt(practitionerId.slice(0, DIGITS), 16)) / 16 ** DIGITS);
}
