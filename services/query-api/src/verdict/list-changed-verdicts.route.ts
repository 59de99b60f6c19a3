import { type ChangedVerdictsResponse, formatInstant, LIMITS, type listChangedVerdictsRoute } from "@xueshi/contracts";
import {
  type KeptVerdict,
  readFeedPeople,
  readKeptVerdictsOf,
  readKeyIdsOf,
  readPeopleEntries,
  type Sql,
} from "@xueshi/database";
import type { AuthenticatedCall, Handler } from "@xueshi/http";
import type { Clock } from "@xueshi/runtime";
import { sha256Hex } from "@xueshi/vault";
import { END_OF_CHAIN_MS } from "../access/answer-clocks.ts";
import { accessRow } from "../access/note-access.ts";
import { type EventStreams, openEventStream } from "../ledger/event-streams.ts";
import type { QueryContext } from "../query-context.ts";
import type { Knowledge } from "../requirement/knowledge.ts";
import { compareVerdicts } from "./compare-verdicts.ts";
import { decideAnew, rulesOfToday } from "./decide-anew.ts";
import { type KeptDecision, readDecision } from "./kept-decision.ts";

const DAY_MS = 86_400_000;
/** Rows of the feed that one answer looks at; a row is a posting, of a thousand people at most. */
const ROWS_PER_ANSWER = 200;
const PEOPLE_PER_ANSWER = 500;
/**
 * A verdict is kept a moment after its entries were read. What was numbered in the last minute is left for later, so that no
 * verdict appears behind a position that was looked at; a check takes half a minute at most.
 */
const HELD_BACK_MS = 60_000;
const LOOK_AGAIN_MS = 2_000;

type Context = Pick<QueryContext, "sql" | "accessLog" | "newId" | "knowledge">;

/**
 * Kept verdicts of the caller (operators: all) that today would be answered otherwise, found along the feed: of the people
 * whose chains have grown since a position, but for those who were erased: of them nothing is told. The position is the caller's own, so nobody's looking depends on another's.
 * As a stream the holder hears of each about a minute after the entries by which it changed.
 * @param streamed with connections of its own, so that streams never keep a check waiting
 */
export function listChangedVerdicts(
  context: Context,
  streamed: Context,
  streams: EventStreams,
  clock: Clock,
): Handler<typeof listChangedVerdictsRoute> {
  return async ({ query }, call) => {
    const since = query.since ?? 0;
    if (call.events === null) {
      return { status: 200, json: await readChangedPage(context, call, since, call.receivedAtMs) };
    }
    const readPage = (position: number | null) => readChangedPage(streamed, call, position ?? 0, clock());
    return openEventStream(streams, call, since, { readPage, framesOf: framesInTurn(), lookAgainMs: LOOK_AGAIN_MS });
  };
}

/** Each changed verdict an event; one more wherever the rules are others than before, first of all those of the beginning. */
function framesInTurn(): (page: ChangedVerdictsResponse) => string {
  let before: string | null = null;
  return ({ changes, rules }) => {
    const isSame = rules === before;
    before = rules;
    const frames = changes.map((change) => `event: verdict\ndata: ${JSON.stringify(change)}\n\n`);
    return `${isSame ? "" : `event: rules\ndata: ${JSON.stringify({ rules })}\n\n`}${frames.join("")}`;
  };
}

async function readChangedPage(
  context: Context,
  call: AuthenticatedCall,
  since: number,
  nowMs: number,
): Promise<ChangedVerdictsResponse> {
  const { sql, accessLog } = context;
  const knowledge = context.knowledge.current();
  const { people, next, isAtEnd } = await peopleSince(sql, since, nowMs - HELD_BACK_MS);
  const { principal } = call;
  const keyIds = principal.kind === "operator" ? null : await readKeyIdsOf(sql, principal);
  const keptSinceMs = nowMs - LIMITS.changedVerdictDaysMax * DAY_MS;
  const kept = await readKeptVerdictsOf(sql, people, keyIds, keptSinceMs);
  const read = [...new Set(kept.map(({ practitionerId }) => practitionerId))];
  await accessLog.note(read.map((person) => accessRow(context, call, person, "changed verdicts")));
  const entriesOf = await readPeopleEntries(sql, read, END_OF_CHAIN_MS);
  const changes = withDecisions(kept).flatMap(({ verdict, decision, newest }) => {
    const entries = entriesOf.get(verdict.practitionerId) ?? [];
    const now = decideAnew(decision, entries, knowledge, nowMs);
    if (now.reasons.some(({ code }) => code === "erased")) return [];
    const ruleSets = rulesOfToday(knowledge, decision.knownAtMs, nowMs);
    const change = compareVerdicts(decision, now, entries, ruleSets);
    if (change === null) return [];
    return [{ verdictId: verdict.verdictId, keptAt: formatInstant(verdict.keptAtMs), newest, ...change }];
  });
  return { changes, next, rules: digestOfRules(knowledge, nowMs), isAtEnd };
}

function digestOfRules({ ruleSets }: Knowledge, nowMs: number): string {
  const active = ruleSets.filter(({ activatedAtMs }) => activatedAtMs <= nowMs);
  return sha256Hex(
    JSON.stringify(active.map(({ ruleSet, activatedAtMs, digest }) => [ruleSet.id, activatedAtMs, digest])),
  );
}

async function peopleSince(sql: Sql, since: number, numberedUntilMs: number) {
  const rows = await readFeedPeople(sql, since, ROWS_PER_ANSWER);
  const people = new Set<string>();
  let next = since;
  let taken = 0;
  for (const row of rows) {
    if (row.numberedAtMs > numberedUntilMs || people.size >= PEOPLE_PER_ANSWER) break;
    for (const person of row.practitionerIds) people.add(person);
    next = row.position + row.size;
    taken += 1;
  }
  const isHeldBack = (rows[taken]?.numberedAtMs ?? 0) > numberedUntilMs;
  return { people: [...people], next, isAtEnd: isHeldBack || (taken === rows.length && rows.length < ROWS_PER_ANSWER) };
}

/** Verdicts whose decisions this version reads; of one holder and declaration the first is the newest. */
function withDecisions(kept: readonly KeptVerdict[]) {
  const seen = new Set<string>();
  return kept.flatMap((verdict): { verdict: KeptVerdict; decision: KeptDecision; newest: boolean }[] => {
    const decision = readDecision(verdict.decision);
    if (typeof decision === "string") return [];
    const question = `${verdict.practitionerId} ${verdict.keyId} ${JSON.stringify(decision.declaration)}`;
    const newest = !seen.has(question);
    seen.add(question);
    return [{ verdict, decision, newest }];
  });
}
