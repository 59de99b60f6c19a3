import {
  explainEntry,
  explainState,
  type exportPersonRoute,
  formatInstant,
  LIMITS,
  type PersonExportLine,
  presentEntry,
} from "@xueshi/contracts";
import {
  type AccessPosition,
  type ChainCut,
  placeInRow,
  readAccessPage,
  readCheckpointOf,
  readEntryPage,
  readFeedRowOf,
  readKeptPage,
  readKeyHolder,
  readPersonEntries,
  type Sql,
} from "@xueshi/database";
import { type Entry, hoursToNumber, type ProjectedRecord, projectPerson } from "@xueshi/domain";
import { type Handler, HttpProblem } from "@xueshi/http";
import { noteAccess } from "../access/note-access.ts";
import { presentCheckpoint } from "../ledger/present-checkpoint.ts";
import { foldBalances } from "../projection/fold-balances.ts";
import { presentBalance } from "../projection/present-balance.ts";
import type { QueryContext } from "../query-context.ts";

const ROWS_PER_PAGE = LIMITS.pageSizeMax;

/**
 * All that the ledger has of a person, for the person: what counts and what does not and why, how it came to be, what was
 * answered, and who read it. Written page by page, as fast as it is read; everything is cut at the instant of the request.
 * Throws `practitioner_not_found` and `erased`.
 */
export function exportPerson(context: QueryContext): Handler<typeof exportPersonRoute> {
  return async ({ params }, call) => {
    const { practitionerId } = params;
    const noted = noteAccess(context, call, practitionerId, "export");
    const person = projectPerson(await readPersonEntries(context.sql, practitionerId, call.receivedAtMs));
    await noted;
    if (person.isErased === true) throw new HttpProblem("erased");
    if (person.sequence === 0) throw new HttpProblem("practitioner_not_found");
    const asked = { practitionerId, untilMs: call.receivedAtMs };
    return { status: 200, lines: counted(exportLines(context.sql, asked, person)) };
  };
}

interface Asked {
  readonly practitionerId: string;
  readonly untilMs: number;
}

/** The last line says how many there were of each kind: without it the answer was cut off. */
async function* counted(lines: AsyncIterable<PersonExportLine>): AsyncGenerator<PersonExportLine> {
  const counts: Record<string, number> = {};
  for await (const line of lines) {
    counts[line.kind] = (counts[line.kind] ?? 0) + 1;
    yield line;
  }
  yield { kind: "end", counts };
}

async function* exportLines(
  sql: Sql,
  asked: Asked,
  person: ReturnType<typeof projectPerson>,
): AsyncGenerator<PersonExportLine> {
  const { practitionerId, untilMs } = asked;
  const checkpoint = await readCheckpointOf(sql, null);
  yield {
    kind: "person",
    practitionerId,
    knownAt: formatInstant(untilMs),
    cut: { sequence: person.sequence, head: person.head },
    nameKnown: person.nameDigest !== null,
    checkpoint: checkpoint === null ? null : presentCheckpoint(checkpoint),
  };
  for (const record of person.records) yield recordLine(record);
  const cut = { practitionerId, sequence: person.sequence };
  for (const balance of await foldBalances(sql, cut, null, null)) yield { kind: "balance", ...presentBalance(balance) };
  yield* entryLines(sql, cut, checkpoint?.size ?? 0);
  const holders = new Map<string, string | null>();
  yield* verdictLines(sql, asked, holders);
  yield* accessLines(sql, asked, holders);
}

function recordLine(record: ProjectedRecord): PersonExportLine {
  const { source, recordId, platform, state, code, subject, attributedYear, obtainedOn, hoursHundredths } = record;
  const hours = hoursHundredths === null ? null : hoursToNumber(hoursHundredths);
  const explanation = explainState(state, code);
  return {
    ...{ kind: "record", source, recordId, platform, state, code, explanation, hours, subject },
    ...{ year: attributedYear, obtainedOn },
  };
}

async function* entryLines(
  sql: Sql,
  { practitionerId, sequence }: ChainCut,
  size: number,
): AsyncGenerator<PersonExportLine> {
  for (let afterSequence = 0; ; ) {
    const page = { practitionerId, afterSequence, untilSequence: sequence, asOf: null, limit: ROWS_PER_PAGE };
    const entries = await readEntryPage(sql, page);
    const covered = await coveredUntil(sql, entries, size);
    for (const entry of entries) {
      const proof = `/v1/practitioners/${practitionerId}/entries/${entry.sequence}/proof?size=${size}`;
      yield {
        kind: "entry",
        entry: presentEntry(entry),
        note: entry.note,
        explanation: explainEntry(entry),
        proof: entry.sequence <= covered ? proof : null,
      };
    }
    if (entries.length < ROWS_PER_PAGE) return;
    afterSequence = entries.at(-1)?.sequence ?? afterSequence;
  }
}

/** A person's entries stand in the feed in their order, so what a checkpoint covers is a beginning of the chain. */
async function coveredUntil(sql: Sql, entries: readonly Entry[], size: number): Promise<number> {
  let [from, until] = [0, entries.length];
  while (from < until) {
    const middle = Math.floor((from + until) / 2);
    const entry = entries[middle];
    const row = entry === undefined ? null : await readFeedRowOf(sql, entry);
    const position = row === null || entry === undefined ? null : row.position + (placeInRow(row, entry) ?? 0);
    if (position !== null && position < size) from = middle + 1;
    else until = middle;
  }
  return entries[from - 1]?.sequence ?? 0;
}

async function* verdictLines(
  sql: Sql,
  { practitionerId, untilMs }: Asked,
  holders: Map<string, string | null>,
): AsyncGenerator<PersonExportLine> {
  for (let after = ""; ; ) {
    const page = await readKeptPage(sql, practitionerId, after, ROWS_PER_PAGE);
    for (const { verdictId, keptAtMs, keyId, answer } of page) {
      if (keptAtMs > untilMs) continue;
      const keptBy = await holderOf(sql, keyId, holders);
      yield { kind: "verdict", verdictId, keptAt: formatInstant(keptAtMs), keptBy, answer: JSON.parse(answer) };
    }
    if (page.length < ROWS_PER_PAGE) return;
    after = page.at(-1)?.verdictId ?? after;
  }
}

async function* accessLines(
  sql: Sql,
  { practitionerId, untilMs }: Asked,
  holders: Map<string, string | null>,
): AsyncGenerator<PersonExportLine> {
  for (let after: AccessPosition | null = null; ; ) {
    const page = await readAccessPage(sql, { practitionerId, after, untilMs, limit: ROWS_PER_PAGE });
    for (const { accessedAtMs, keyId, purpose, requestId } of page) {
      const by = await holderOf(sql, keyId, holders);
      yield { kind: "access", accessedAt: formatInstant(accessedAtMs), by, keyId, purpose, requestId };
    }
    if (page.length < ROWS_PER_PAGE) return;
    after = page.at(-1) ?? null;
  }
}

async function holderOf(sql: Sql, keyId: string, known: Map<string, string | null>): Promise<string | null> {
  const held = known.get(keyId);
  if (held !== undefined) return held;
  const name = (await readKeyHolder(sql, keyId))?.name ?? null;
  known.set(keyId, name);
  return name;
}
