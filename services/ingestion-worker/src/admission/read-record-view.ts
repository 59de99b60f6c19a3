import {
  type CodeText,
  formatInstant,
  HOLD_TEXTS,
  type Language,
  LIMITS,
  presentCountsInstead,
  presentFlags,
  RECORD_STATE_TEXTS,
  REFUSAL_TEXTS,
  REVOCATION_TEXTS,
  type RecordResponse,
  UNCOUNTED_TEXTS,
} from "@xueshi/contracts";
import {
  type ArrivedRefusal,
  type ArrivedVersion,
  type CompetingRow,
  readArrivals,
  readArrivalsOfBatches,
  readCompeting,
  readDecisionsInForce,
  readDuplicatesAround,
  readErased,
  readFindings,
  readKnownNames,
  readOwnerships,
  readPostedStandings,
  type SaidDuplicateDecision,
  type Transaction,
} from "@xueshi/database";
import {
  competingRecord,
  explainDuplicate,
  HOLD_CODES,
  type HoldCode,
  hoursToNumber,
  MAIN_SLOT,
  normaliseText,
  type PostedStanding,
  REFUSED_BY_OPERATOR,
  REVOCATION_CODES,
  type RefusalCode,
  recordKeyOf,
  standingVersion,
  type VersionJudgement,
} from "@xueshi/domain";
import { HttpProblem } from "@xueshi/http";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../ingestion-context.ts";
import { createVersionJudge } from "./judge-stored.ts";

const WAITS: Readonly<Record<Language, string>> = {
  "zh-CN": "已接收，正待入账；稍后再查即可看到结果。",
  en: "It was taken in and waits to be posted; ask again in a moment.",
};

/** What became of a record of a source; null when the source never sent one with this id. Throws `erased`. */
export async function readRecordView(
  context: IngestionContext,
  { source, recordId }: { readonly source: string; readonly recordId: string },
  language: Language,
): Promise<RecordResponse | null> {
  const id = normaliseText(recordId);
  const recordKey = recordKeyOf(sha256Hex, source, id);
  const arrivals = await readArrivals(context.sql, recordKey, LIMITS.recordRowsMax + 1);
  const versions = arrivals.versions.slice(0, LIMITS.recordRowsMax);
  const refusals = arrivals.refusals.slice(0, LIMITS.recordRowsMax);
  if (versions.length === 0 && refusals.length === 0) return null;
  const people = [...new Set(versions.map((version) => version.practitionerId))];
  const isErased = (await readErased(context.sql, people)).size > 0 || refusals.some(({ code }) => code === "erased");
  if (isErased) throw new HttpProblem("erased");
  const batchIds = [...new Set([...versions, ...refusals].map((row) => row.batchId))];
  const [judgementOf, batches, main, findings] = await Promise.all([
    readJudgements(context, recordKey, people),
    readArrivalsOfBatches(context.sql, batchIds),
    mainStanding(context, people, recordKey),
    readFindings(context.sql, [recordKey]),
  ]);
  const isPending = batchIds.some((batchId) => batches.get(batchId)?.isPosted === false);
  const receivedAtMsOf = ({ batchId }: { readonly batchId: string }) => batches.get(batchId)?.receivedAtMs ?? 0;
  const newest = refusals.toSorted((left, right) => receivedAtMsOf(right) - receivedAtMsOf(left))[0];
  const held = versions.filter((version) => isHoldCode(judgementOf(version)));
  const refusedByOperator = versions.filter((version) => judgementOf(version) === REFUSED_BY_OPERATOR);
  const standing = main?.standing ?? null;
  const isElsewhere = standing?.platform === source && context.sources.platformNamed(source) === null;
  // A refusal is final when it is made: only what was admitted waits.
  const [firstHeld] = held;
  const holdCode = firstHeld === undefined ? null : (judgementOf(firstHeld) as HoldCode);
  const isRefusedByOperator = refusedByOperator.length > 0;
  const waiting = { isPending: isPending && versions.length > 0, newest, holdCode, isRefusedByOperator, isElsewhere };
  const presentRow = (row: ArrivedVersion | ArrivedRefusal, code: string, texts: CodeText) => ({
    ...{ code, message: texts.message[language], receivedAt: formatInstant(receivedAtMsOf(row)) },
    updateTime: row.updateTimeMs === null ? null : formatInstant(row.updateTimeMs),
  });
  return {
    source,
    recordId: id,
    isPending,
    ...effectOf(standing, waiting, findings.length > 0),
    ...reasonOf(standing, waiting, language),
    countsInstead: main === null ? null : countsInstead(main, source, language),
    versions: presentVersions(versions, judgementOf, receivedAtMsOf),
    refusedRows: [
      ...refusals.map((row) => presentRow(row, row.code, refusalText(row.code))),
      ...refusedByOperator.map((row) => presentRow(row, REFUSED_BY_OPERATOR, HOLD_TEXTS[REFUSED_BY_OPERATOR])),
    ],
    heldRows: held.map((row) => {
      const code = judgementOf(row) as HoldCode;
      return presentRow(row, code, HOLD_TEXTS[code]);
    }),
    hasMore: arrivals.versions.length > versions.length || arrivals.refusals.length > refusals.length,
  };
}

/** What is to be said of a record beside how it stands. */
interface Waiting {
  readonly isPending: boolean;
  /** Why something of it is held; null: nothing is. */
  readonly holdCode: HoldCode | null;
  readonly isRefusedByOperator: boolean;
  /** Its source registers for no platform of record, so nothing of it counts anywhere. */
  readonly isElsewhere: boolean;
  readonly newest: ArrivedRefusal | undefined;
}

type Judgement = VersionJudgement | typeof REFUSED_BY_OPERATOR;

function isHoldCode(judgement: Judgement): judgement is HoldCode {
  return (HOLD_CODES as readonly string[]).includes(judgement);
}

/** How the record's versions are judged by what is known now. */
async function readJudgements(
  context: IngestionContext,
  recordKey: string,
  people: readonly string[],
): Promise<(version: ArrivedVersion) => Judgement> {
  const [knownNames, decisions] = await Promise.all([
    readKnownNames(context.sql, people),
    readDecisionsInForce(context.sql, [recordKey]),
  ]);
  const { judge, isRefused } = createVersionJudge({ knownNames, decisions, nameVariants: context.nameVariants });
  return (arrived) => {
    const version = { ...arrived, recordKey };
    const judgement = judge(version);
    return judgement === "voided" && isRefused(version) ? REFUSED_BY_OPERATOR : judgement;
  };
}

interface MainStanding {
  readonly standing: PostedStanding;
  /** Of a duplicate: what its person has besides, and what operators decided of it. */
  readonly competing: readonly CompetingRow[];
  readonly duplicates: readonly SaidDuplicateDecision[];
}

/** How the record stands in the ledger, and what tells why another one counts in its place. */
async function mainStanding(
  context: IngestionContext,
  people: readonly string[],
  recordKey: string,
): Promise<MainStanding | null> {
  const tx = context.sql as unknown as Transaction;
  // Records of somebody whose id was wrong stand in another person's chain.
  const owners = [...(await readOwnerships(context.sql, people)).values()].flatMap(({ ever }) => ever);
  const pairs = [...new Set([...people, ...owners])].map((practitionerId) => ({ practitionerId, recordKey }));
  const standing = (await readPostedStandings(tx, pairs)).find((one) => one.slot === MAIN_SLOT);
  if (standing === undefined) return null;
  if (standing.state !== "duplicate") return { standing, competing: [], duplicates: [] };
  const { practitionerId } = standing;
  const competing = await readCompeting(context.sql, [{ practitionerId, sequence: Number.MAX_SAFE_INTEGER }]);
  const duplicates = await readDuplicatesAround(
    context.sql,
    competing.map((one) => one.recordKey),
  );
  return { standing, competing, duplicates };
}

function effectOf(standing: PostedStanding | null, waiting: Waiting, isOverlapping: boolean) {
  const { holdCode, isPending, isElsewhere } = waiting;
  const found = isOverlapping ? (["overlapping_sessions"] as const) : [];
  return {
    state: standing?.state ?? (holdCode !== null && !isPending ? ("held" as const) : null),
    counts: standing?.state === "registered" && !isElsewhere,
    hours: standing?.hoursHundredths == null ? null : hoursToNumber(standing.hoursHundredths),
    subject: standing?.subject ?? null,
    subjectTrace: standing?.trace ?? null,
    year: standing?.attributedYear ?? null,
    obtainedOn: standing?.obtainedOn ?? null,
    platform: standing?.platform ?? null,
    note: standing?.note ?? null,
    flags: [...(standing === null ? [] : (presentFlags(standing.flags) as RecordResponse["flags"])), ...found],
  };
}

/** The reason that tells most: how it stands, else what it waits for, else why nothing of it was taken. */
function reasonOf(standing: PostedStanding | null, waiting: Waiting, language: Language) {
  const said = (code: string | null, texts: CodeText) => ({ code, message: texts.message[language] });
  if (standing !== null && waiting.isElsewhere)
    return said("registered_elsewhere", UNCOUNTED_TEXTS.registered_elsewhere);
  const revokedFor = REVOCATION_CODES.find((code) => code === standing?.code);
  if (revokedFor !== undefined) return said(revokedFor, REVOCATION_TEXTS[revokedFor]);
  if (standing !== null) {
    return said(standing.state === "registered" ? null : standing.state, RECORD_STATE_TEXTS[standing.state]);
  }
  if (waiting.isPending) return { code: null, message: WAITS[language] };
  if (waiting.holdCode !== null) return said(waiting.holdCode, HOLD_TEXTS[waiting.holdCode]);
  if (waiting.isRefusedByOperator) return said(REFUSED_BY_OPERATOR, HOLD_TEXTS[REFUSED_BY_OPERATOR]);
  if (waiting.newest === undefined) return { code: null, message: WAITS[language] };
  return said(waiting.newest.code, refusalText(waiting.newest.code));
}

function refusalText(code: string): CodeText {
  return REFUSAL_TEXTS[code as RefusalCode];
}

/** A record of another source is not named: its id is that source's own. */
function countsInstead(
  { standing, competing, duplicates }: MainStanding,
  source: string,
  language: Language,
): RecordResponse["countsInstead"] {
  const all = competing.map((one) => competingRecord(one, sha256Hex));
  const found = explainDuplicate(standing.recordKey, all, duplicates);
  if (found === null) return null;
  const own = new Map(all.filter((one) => one.source === source).map((one) => [one.recordKey, one.recordId]));
  const named = (recordKey: string) => {
    const recordId = own.get(recordKey) ?? null;
    return { source: recordId === null ? null : source, recordId };
  };
  const because = found.because.map(({ recordKey, decision }) => ({ record: named(recordKey), decision }));
  return presentCountsInstead({ counting: named(found.counting.recordKey), because }, language);
}

function presentVersions(
  versions: readonly ArrivedVersion[],
  judgementOf: (version: ArrivedVersion) => Judgement,
  receivedAtMsOf: (version: ArrivedVersion) => number,
): RecordResponse["versions"] {
  const current = standingVersion(versions.filter((version) => judgementOf(version) === "admitted"));
  return versions.map((version) => ({
    status: version.status,
    hours: version.hoursHundredths === null ? null : hoursToNumber(version.hoursHundredths),
    updateTime: formatInstant(version.updateTimeMs),
    receivedAt: formatInstant(receivedAtMsOf(version)),
    isCurrent: version === current,
  }));
}
